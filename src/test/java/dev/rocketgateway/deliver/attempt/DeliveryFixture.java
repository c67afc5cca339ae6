package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.MessageForwarder;
import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.deliver.breaker.DeliveryGate;
import dev.rocketgateway.deliver.breaker.Hold;
import dev.rocketgateway.deliver.event.RecordedEvents;
import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.TestSubscriptions;
import dev.rocketgateway.tracing.DeliveryTraces;
import dev.rocketgateway.webhook.WebhookSender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;

/** A delivery without broker and network, whose clock stands still until a test moves it. */
abstract class DeliveryFixture {

    static final Settlement ACKNOWLEDGED = new Settlement.Acknowledge();
    static final Settlement DEAD = new Settlement.DeadLetter();
    static final Settlement UNSETTLED = new Settlement.Unsettled();

    static final String THREAD = "test-webhooks";

    final AtomicLong clock = new AtomicLong();
    final RecordedEvents events = new RecordedEvents();
    final List<String> pauses = new ArrayList<>();
    final List<OutgoingMessage> forwarded = new ArrayList<>();
    boolean forwarding = true;
    DeliveryGate gate;
    MessageDelivery delivery;

    private final ExecutorService threads = Executors.newSingleThreadExecutor(task -> new Thread(task, THREAD));

    private final MessageForwarder forwarder = new MessageForwarder() {
        @Override
        public String nextMessageId() {
            return "new";
        }

        @Override
        public void forward(OutgoingMessage message) {
            if (!forwarding) {
                throw new ForwardingFailedException("no broker", null);
            }
            forwarded.add(message);
        }
    };

    @AfterEach
    void end() {
        if (delivery != null) {
            delivery.end();
        }
        threads.shutdownNow();
    }

    /** Waits until the shared thread has run the tasks that it has now. */
    final void awaitSharedThread() {
        CompletableFuture.runAsync(() -> {}, threads).join();
    }

    MessageDelivery delivery(ScriptedSender sender, String... settings) {
        return delivery(sender, 16, settings);
    }

    MessageDelivery delivery(WebhookSender sender, int webhooks, String... settings) {
        var subscription = subscription(settings);
        gate = new DeliveryGate(
                subscription.circuitBreaker(),
                Optional.empty(),
                new DeliveryGate.Watcher() {
                    @Override
                    public void held(Hold hold, Duration time) {}

                    @Override
                    public void released() {}
                },
                clock::get);
        var rules = new OutcomeRules(gate, new DeadLetterExit(forwarder, events), events, pauses::add);
        delivery = new MessageDelivery(
                new DeliverySettings(subscription, sender),
                gate,
                rules,
                events,
                DeliveryTraces.off(),
                webhooks,
                threads);
        return delivery;
    }

    static Subscription subscription(String... settings) {
        return TestSubscriptions.subscription("billing", settings);
    }

    static Settlement redeliver(String after) {
        return new Settlement.Redeliver(Optional.of(Duration.parse(after)));
    }

    static Settlement redeliver() {
        return new Settlement.Redeliver(Optional.empty());
    }

    List<Settlement> deliver(ReceivedMessage... messages) {
        return delivery.handle(List.of(messages), () -> true);
    }

    CompletableFuture<List<Settlement>> delivering(ReceivedMessage... messages) {
        return CompletableFuture.supplyAsync(() -> deliver(messages), task -> new Thread(task).start());
    }

    void after(Duration time) {
        clock.addAndGet(time.toNanos());
        gate.wake();
    }
}
