package dev.rocketgateway.publish.send;

import dev.rocketgateway.message.DeliverySchedule;
import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.publish.FakePublisher;
import dev.rocketgateway.publish.SendMode;
import dev.rocketgateway.publish.SendReceipt;
import dev.rocketgateway.publish.admission.TestAdmission;
import dev.rocketgateway.tracing.SendTraces;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Sends over a publisher that does what the test says, one message at a time, and shows each of its calls. */
public final class SendingFixture {

    /** The ids of the messages of each call, in order. */
    public final List<List<String>> calls = new CopyOnWriteArrayList<>();

    public final TestAdmission admission;
    public final Calls publisher = new Calls();
    public final MessageSending sending;

    private volatile Function<List<OutgoingMessage>, CompletionStage<List<SendReceipt>>> script =
            SendingFixture::stored;

    /**
     * @param settings as for {@link TestAdmission}
     */
    @SuppressWarnings("NullAway")
    public SendingFixture(String... settings) {
        var all = new String[settings.length + 2];
        System.arraycopy(settings, 0, all, 0, settings.length);
        all[settings.length] = "coalescing.enabled";
        all[settings.length + 1] = "false";
        admission = new TestAdmission(all);
        var joint = new BisectingSender(publisher, SendTraces.off());
        var coalescing =
                new Coalescing(publisher, joint, admission.config, new CoalescingMetrics(admission.meters), null);
        sending = new MessageSending(publisher, coalescing, joint, admission.config, admission.metrics);
    }

    public void behave(Function<List<OutgoingMessage>, CompletionStage<List<SendReceipt>>> next) {
        script = next;
    }

    public static CompletionStage<List<SendReceipt>> stored(List<OutgoingMessage> messages) {
        return CompletableFuture.completedStage(receipts(messages, SendReceipt.Status.SEND_OK));
    }

    public static List<SendReceipt> receipts(List<OutgoingMessage> messages, SendReceipt.Status status) {
        return messages.stream()
                .map(message -> FakePublisher.stored(message, status)
                        .toCompletableFuture()
                        .join())
                .toList();
    }

    public static OutgoingMessage message(String id) {
        return message(id, Optional.empty(), Optional.empty());
    }

    public static OutgoingMessage ofGroup(String group, String id) {
        return message(id, Optional.of(group), Optional.empty());
    }

    public static OutgoingMessage scheduled(String id) {
        return message(id, Optional.empty(), Optional.of(new DeliverySchedule.After(Duration.ofMinutes(1))));
    }

    private static OutgoingMessage message(String id, Optional<String> group, Optional<DeliverySchedule> schedule) {
        return new OutgoingMessage(
                id, new TopicName("orders"), new byte[10], Optional.empty(), List.of(), Map.of(), group, schedule);
    }

    /** Room for three messages of {@link #message} in one request. */
    public final class Calls extends FakePublisher {

        private final AtomicInteger ids = new AtomicInteger();

        @Override
        public String nextMessageId() {
            return "m" + ids.getAndIncrement();
        }

        private CompletionStage<List<SendReceipt>> call(List<OutgoingMessage> messages) {
            calls.add(messages.stream().map(OutgoingMessage::id).toList());
            return script.apply(messages);
        }

        @Override
        public CompletionStage<SendReceipt> send(OutgoingMessage message, Duration timeout) {
            return call(List.of(message)).thenApply(receipts -> receipts.get(0));
        }

        @Override
        public CompletionStage<List<SendReceipt>> sendBatch(
                List<OutgoingMessage> messages, SendMode mode, Duration timeout) {
            return call(messages);
        }

        @Override
        public int maxBatchSize() {
            return 35;
        }
    }
}
