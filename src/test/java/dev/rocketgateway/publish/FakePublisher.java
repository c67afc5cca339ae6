package dev.rocketgateway.publish;

import dev.rocketgateway.message.OutgoingMessage;
import io.quarkus.test.Mock;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A publisher that does what the test says, for faults that cannot be made on a real broker. */
@Mock
@ApplicationScoped
public class FakePublisher implements MessagePublisher {

    private final List<OutgoingMessage> published = new CopyOnWriteArrayList<>();
    private volatile Function<OutgoingMessage, CompletionStage<SendReceipt>> behaviour = FakePublisher::stored;
    private volatile Function<OutgoingMessage, PendingReply> replies = message -> {
        throw new IllegalStateException("no test has said what is replied");
    };

    public void behave(Function<OutgoingMessage, CompletionStage<SendReceipt>> next) {
        behaviour = next;
        published.clear();
    }

    public void reply(Function<OutgoingMessage, PendingReply> next) {
        replies = next;
        published.clear();
    }

    public List<OutgoingMessage> published() {
        return published;
    }

    public static CompletionStage<SendReceipt> stored(OutgoingMessage message) {
        return stored(message, SendReceipt.Status.SEND_OK);
    }

    public static CompletionStage<SendReceipt> stored(OutgoingMessage message, SendReceipt.Status status) {
        return CompletableFuture.completedStage(new SendReceipt(
                status,
                message.id(),
                "0A000001",
                new SendReceipt.Queue(message.topic().value(), "broker-a", 0),
                41,
                null,
                "DefaultRegion",
                true,
                null));
    }

    @Override
    public String nextMessageId() {
        return "7F0000012B6A18B4AAC24F1A2B3C0000";
    }

    @Override
    public Set<String> reservedProperties() {
        return Set.of("UNIQ_KEY");
    }

    @Override
    public Duration defaultTimeout() {
        return Duration.ofSeconds(3);
    }

    @Override
    public CompletionStage<SendReceipt> send(OutgoingMessage message, Duration timeout) {
        published.add(message);
        return behaviour.apply(message);
    }

    @Override
    public CompletionStage<SendReceipt> sendAsync(OutgoingMessage message, Duration timeout) {
        return send(message, timeout);
    }

    @Override
    public CompletionStage<Void> sendOneway(OutgoingMessage message, Duration timeout) {
        return send(message, timeout).thenApply(receipt -> null);
    }

    @Override
    public PendingReply request(OutgoingMessage message, Duration timeout) {
        published.add(message);
        return replies.apply(message);
    }

    @Override
    public CompletionStage<List<SendReceipt>> sendBatch(
            List<OutgoingMessage> messages, SendMode mode, Duration timeout) {
        var receipts = messages.stream()
                .map(message -> send(message, timeout).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(receipts.toArray(CompletableFuture[]::new))
                .thenApply(all -> receipts.stream().map(CompletableFuture::join).toList());
    }

    @Override
    public int maxBatchSize() {
        return 1000;
    }

    @Override
    public int batchSize(OutgoingMessage message) {
        return message.body().length;
    }
}
