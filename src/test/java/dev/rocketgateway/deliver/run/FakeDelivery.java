package dev.rocketgateway.deliver.run;

import dev.rocketgateway.deliver.ConsumerGroups;
import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.deliver.DeliverConfig;
import dev.rocketgateway.deliver.MessageForwarder;
import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.deliver.event.DeliveryListener;
import dev.rocketgateway.deliver.event.DeliveryState;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.SubscriptionStore;
import dev.rocketgateway.tracing.DeliveryTraces;
import dev.rocketgateway.tracing.WebhookTraces;
import dev.rocketgateway.webhook.WebhookEndpoint;
import dev.rocketgateway.webhook.WebhookMessage;
import dev.rocketgateway.webhook.WebhookOutcome;
import dev.rocketgateway.webhook.WebhookSender;
import dev.rocketgateway.webhook.send.WebhookClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Fakes of broker, store and endpoint for running subscriptions, and one list of what happened to them, in order. */
final class FakeDelivery {

    static final DelayLevels LEVELS = DelayLevels.parse("7s 9s");

    final List<String> calls = new CopyOnWriteArrayList<>();
    final List<String> states = new CopyOnWriteArrayList<>();
    final List<Started> started = new CopyOnWriteArrayList<>();
    final Map<String, Subscription> stored = new ConcurrentSkipListMap<>();
    final List<String> pauses = new CopyOnWriteArrayList<>();

    /** Called with the settings before each start; throws what the source throws. */
    volatile Consumer<MessageSource.Settings> starting = settings -> {};

    volatile Supplier<Boolean> draining = () -> true;
    volatile Consumer<TopicName> everyBroker = topic -> {};
    volatile Runnable seeking = () -> {};
    volatile List<String> members = List.of();
    volatile Supplier<CompletionStage<WebhookOutcome>> endpoint =
            () -> CompletableFuture.completedStage(new WebhookOutcome.Answered(200, Optional.empty(), new byte[0]));
    volatile Consumer<WebhookEndpoint> opening = url -> {};
    volatile Runnable listing = () -> {};
    volatile Runnable changed = () -> {};

    DeliveryServices services() {
        return new DeliveryServices(
                new Source(),
                new Groups(),
                new Forwarder(),
                new Client(),
                new WebhookEndpoints(secret -> "secret"),
                store(),
                DeliveryTraces.off(),
                config(Duration.ofHours(1)),
                List.of(new Listener()));
    }

    SubscriptionStore store() {
        return new Store();
    }

    static DeliverConfig config(Duration interval) {
        return new Config(interval);
    }

    Started last() {
        return started.get(started.size() - 1);
    }

    /** A start that succeeded, and its consumption. */
    final class Started implements MessageSource.Consumption {

        final MessageSource.Settings settings;
        final MessageSource.Handler handler;
        volatile MessageSource.Limits limits;

        Started(MessageSource.Settings settings, MessageSource.Handler handler) {
            this.settings = settings;
            this.handler = handler;
            this.limits = settings.limits();
        }

        @Override
        public void refresh() {
            calls.add("refresh");
        }

        @Override
        public void adjust(MessageSource.Limits next) {
            limits = next;
        }

        @Override
        public DelayLevels delayLevels() {
            return LEVELS;
        }

        @Override
        public boolean drain(Duration limit) {
            calls.add("drain " + limit);
            return draining.get();
        }
    }

    private final class Source implements MessageSource {

        @Override
        public Consumption start(Settings settings, Handler handler) {
            calls.add("start " + settings.topic());
            starting.accept(settings);
            var next = new Started(settings, handler);
            started.add(next);
            return next;
        }

        @Override
        public void fixStart(ConsumerGroup group, TopicName topic, Start start) {}
    }

    private final class Groups implements ConsumerGroups {

        @Override
        public List<String> members(ConsumerGroup group) {
            return members;
        }

        @Override
        public Optional<String> conflict(ConsumerGroup group, TopicName topic, MessageSource.Mode mode) {
            return Optional.empty();
        }

        @Override
        public boolean isOurs(String member) {
            return member.startsWith("ours");
        }

        @Override
        public Lag lag(ConsumerGroup group, TopicName topic) {
            return new Lag(0, Optional.empty());
        }

        @Override
        public void expectEveryBroker(TopicName topic) {
            everyBroker.accept(topic);
        }

        @Override
        public void seek(ConsumerGroup group, TopicName topic, MessageSource.Mode mode, MessageSource.Start position) {
            calls.add("seek " + position.getClass().getSimpleName());
            seeking.run();
        }

        @Override
        public void delete(ConsumerGroup group) {}

        @Override
        public boolean exists(TopicName topic) {
            return true;
        }

        @Override
        public Optional<Boolean> takesSqlFilters(TopicName topic) {
            return Optional.empty();
        }

        @Override
        public Optional<String> filterRefusal(ConsumerGroup group, TopicName topic, MessageSource.Filter filter) {
            return Optional.empty();
        }

        @Override
        public Optional<Duration> retention(TopicName topic) {
            return Optional.empty();
        }
    }

    private static final class Forwarder implements MessageForwarder {

        @Override
        public String nextMessageId() {
            return "new";
        }

        @Override
        public void forward(OutgoingMessage message) {}
    }

    /** Opens senders without a network; uses nothing of the client. */
    private final class Client extends WebhookClient {

        @SuppressWarnings("NullAway")
        Client() {
            super(null, null, null, WebhookTraces.off());
        }

        @Override
        public WebhookSender open(WebhookEndpoint to) {
            opening.accept(to);
            calls.add("open " + to.url());
            return new WebhookSender() {
                @Override
                public CompletionStage<WebhookOutcome> send(WebhookMessage message) {
                    return endpoint.get();
                }

                @Override
                public void close() {
                    calls.add("close " + to.url());
                }
            };
        }
    }

    private final class Store implements SubscriptionStore {

        @Override
        public Subscription require(String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Subscription> list() {
            listing.run();
            return List.copyOf(stored.values());
        }

        @Override
        public void onChange(Runnable listener) {
            changed = listener;
        }

        @Override
        public void pause(String name, String reason) {
            pauses.add(name + " " + reason);
        }
    }

    private final class Listener implements DeliveryListener {

        @Override
        public void stateChanged(String subscription, DeliveryState before, DeliveryState after) {
            states.add(after.label() + after.why().map(why -> " " + why).orElse(""));
        }

        @Override
        public void removed(String subscription) {
            calls.add("removed " + subscription);
        }
    }

    private record Config(Duration reconcileInterval) implements DeliverConfig {

        @Override
        public Duration watchInterval() {
            return Duration.ofHours(1);
        }

        @Override
        public Duration clockTolerance() {
            return Duration.ofSeconds(10);
        }

        @Override
        public Duration actionWait() {
            return Duration.ofSeconds(5);
        }

        @Override
        public Optional<String> eventsTopic() {
            return Optional.empty();
        }
    }
}
