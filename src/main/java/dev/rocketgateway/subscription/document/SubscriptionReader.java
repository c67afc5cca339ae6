package dev.rocketgateway.subscription.document;

import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.Instants;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.subscription.BatchPolicy;
import dev.rocketgateway.subscription.CircuitBreakerPolicy;
import dev.rocketgateway.subscription.DeadLetterPolicy;
import dev.rocketgateway.subscription.Delivery;
import dev.rocketgateway.subscription.Endpoint;
import dev.rocketgateway.subscription.Payload;
import dev.rocketgateway.subscription.Pull;
import dev.rocketgateway.subscription.Responses;
import dev.rocketgateway.subscription.RetryPolicy;
import dev.rocketgateway.subscription.Source;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.document.SubscriptionsConfig.SubscriptionConfig;
import dev.rocketgateway.subscription.fault.Faults;
import dev.rocketgateway.subscription.fault.InvalidSubscriptionException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Reads a subscription from its settings, which come from the configuration or from JSON, and finds all faults. */
final class SubscriptionReader {

    private static final TopicName ANY_TOPIC = new TopicName("none");

    private final String name;
    private final SubscriptionConfig config;
    private final DocumentSource rules;
    private final FieldReader fields;

    private SubscriptionReader(String name, SubscriptionConfig config, DocumentSource rules, Faults faults) {
        this.name = name;
        this.config = config;
        this.rules = rules;
        this.fields = new FieldReader(faults);
    }

    /**
     * Reads a subscription from its settings.
     *
     * @param faults faults that are already known
     * @throws InvalidSubscriptionException naming every faulty field
     */
    static Subscription read(
            String name, SubscriptionConfig config, DocumentSource rules, long generation, Faults faults) {
        return new SubscriptionReader(name, config, rules, faults).read(generation);
    }

    private Subscription read(long generation) {
        boolean legalName = Subscription.faultOfName(name) == null;
        fields.faults().check("name", Subscription.faultOfName(name));
        var description = config.description().orElse("");
        fields.faults().check("description", Subscription.faultOfDescription(description));
        var state = fields.choice("state", config.state(), Subscription.State.class);
        var source = source(legalName);
        var destination = config.pull().visibility().isPresent()
                ? pull()
                : new EndpointReader(config.endpoint(), fields, rules).read();
        var payload = payload();
        var batch = new BatchPolicy(
                fields.number(BatchPolicy.MAX_MESSAGES, config.batch().maxMessages()),
                fields.number(BatchPolicy.MAX_BYTES, config.batch().maxBytes()));
        var delivery = delivery();
        var retry = retry();
        var responses = responses();
        var deadLetter = deadLetter();
        var circuitBreaker = circuitBreaker();
        fields.faults().throwIfAny();
        return new Subscription(
                name,
                description,
                rules.origin(),
                state,
                Optional.empty(),
                generation,
                Instant.now().truncatedTo(ChronoUnit.MILLIS),
                source,
                destination,
                payload,
                batch,
                delivery,
                retry,
                responses,
                deadLetter,
                circuitBreaker);
    }

    private Source source(boolean legalName) {
        var from = config.source();
        var topic = fields.required("source.topic", from.topic(), TopicName::new, ANY_TOPIC);
        var defaultGroup = Subscription.defaultGroup(legalName ? name : "none");
        var group = from.consumerGroup().isPresent()
                ? fields.value("source.consumerGroup", from.consumerGroup(), ConsumerGroup::new, defaultGroup)
                : defaultGroup;
        var anyFilter = new Source.Filter(Source.Filter.Type.TAG, "*");
        var filterType = fields.choice("source.filter.type", from.filter().type(), Source.Filter.Type.class);
        var expression = from.filter().expression().orElse("");
        var filter = fields.part(() -> new Source.Filter(filterType, expression), anyFilter);
        var mode = fields.choice("source.mode", from.mode(), Source.Mode.class);
        int mark = fields.mark();
        var position = fields.choice(
                "source.startFrom.position", from.startFrom().position(), Source.StartFrom.Position.class);
        var timestamp =
                fields.optional("source.startFrom.timestamp", from.startFrom().timestamp(), Instants::parse);
        var latest = new Source.StartFrom(Source.StartFrom.Position.LATEST, Optional.empty());
        var startFrom = fields.part(mark, () -> new Source.StartFrom(position, timestamp), latest);
        return fields.part(
                () -> new Source(topic, group, filter, mode, startFrom),
                new Source(ANY_TOPIC, group, filter, mode, startFrom));
    }

    private Pull pull() {
        fields.faults()
                .require(
                        config.endpoint().url().isEmpty(),
                        Endpoint.URL_FIELD,
                        "is for webhooks and cannot be combined with pull; remove one of the two");
        var visibility = fields.duration(Pull.VISIBILITY, config.pull().visibility());
        return fields.part(() -> new Pull(visibility), new Pull(Pull.VISIBILITY.least()));
    }

    private Payload payload() {
        var payload = config.payload();
        var format = fields.choice("payload.format", payload.format(), Payload.Format.class);
        boolean forward = fields.flag("payload.forwardProperties", payload.forwardProperties());
        return fields.part(
                () -> new Payload(format, payload.contentType(), forward),
                new Payload(format, Optional.empty(), forward));
    }

    private Delivery delivery() {
        int inFlight = fields.number(Delivery.MAX_IN_FLIGHT, config.delivery().maxInFlight());
        var rate = fields.optional("delivery.ratePerSecond", config.delivery().ratePerSecond(), FieldReader::decimal);
        return fields.part(() -> new Delivery(inFlight, rate), new Delivery(inFlight, Optional.empty()));
    }

    private RetryPolicy retry() {
        var retry = config.retry();
        int attempts = fields.number(RetryPolicy.MAX_ATTEMPTS, retry.maxAttempts());
        var schedule =
                retry.schedule().map(delays -> delays.stream().map(this::delay).toList());
        boolean honor = fields.flag("retry.honorRetryAfter", retry.honorRetryAfter());
        var most = fields.duration(RetryPolicy.RETRY_AFTER_MAX, retry.retryAfterMax());
        var exhausted = fields.choice("retry.onExhausted", retry.onExhausted(), RetryPolicy.OnExhausted.class);
        return fields.part(
                () -> new RetryPolicy(attempts, schedule, honor, most, exhausted),
                new RetryPolicy(attempts, Optional.empty(), honor, most, exhausted));
    }

    private Duration delay(String text) {
        return fields.duration(RetryPolicy.DELAY, Optional.of(text));
    }

    private Responses responses() {
        var lists = config.responses();
        return fields.part(
                () -> new Responses(
                        lists.ack().orElse(List.of()),
                        lists.deadLetter().orElse(List.of()),
                        lists.pause().orElse(List.of()),
                        lists.retry().orElse(List.of())),
                new Responses(List.of(), List.of(), List.of(), List.of()));
    }

    private DeadLetterPolicy deadLetter() {
        int mark = fields.mark();
        var mode = fields.choice("deadLetter.mode", config.deadLetter().mode(), DeadLetterPolicy.Mode.class);
        var topic = fields.optional("deadLetter.topic", config.deadLetter().topic(), TopicName::new);
        return fields.part(
                mark,
                () -> new DeadLetterPolicy(mode, topic),
                new DeadLetterPolicy(DeadLetterPolicy.Mode.DROP, Optional.empty()));
    }

    private CircuitBreakerPolicy circuitBreaker() {
        var breaker = config.circuitBreaker();
        int mark = fields.mark();
        boolean enabled = fields.flag("circuitBreaker.enabled", breaker.enabled());
        int percent = fields.number(CircuitBreakerPolicy.FAILURE_PERCENT, breaker.failurePercent());
        int requests = fields.number(CircuitBreakerPolicy.MINIMUM_REQUESTS, breaker.minimumRequests());
        var window = fields.duration(CircuitBreakerPolicy.WINDOW, breaker.window());
        var open = fields.duration(CircuitBreakerPolicy.OPEN, breaker.open());
        var maxOpen = fields.duration(CircuitBreakerPolicy.MAX_OPEN, breaker.maxOpen());
        var park = fields.duration(CircuitBreakerPolicy.PARK_AFTER, breaker.parkAfter());
        var pause = breaker.autoPauseAfter()
                .map(text -> fields.duration(CircuitBreakerPolicy.AUTO_PAUSE_AFTER, Optional.of(text)));
        return fields.part(
                mark,
                () -> new CircuitBreakerPolicy(enabled, percent, requests, window, open, maxOpen, park, pause),
                CircuitBreakerPolicy.OFF);
    }
}
