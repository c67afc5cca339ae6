package dev.rocketgateway.publish.admission;

import dev.rocketgateway.publish.PublishConfig;
import dev.rocketgateway.publish.SendReceipt;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Records the meters of publishing. Thread-safe.
 *
 * <p>Callers choose the topics, so the number of topics with their own label is bounded. All others count as {@code other}.
 */
@Singleton
public class PublishMetrics {

    static final String OTHER = "other";
    public static final String SUCCESS = "success";

    private record Series(String topic, String mode, String outcome) {}

    private final MeterRegistry registry;
    private final PublishConfig.Metrics config;
    private final Set<String> labelledTopics = ConcurrentHashMap.newKeySet();
    private final Map<Series, Timer> requests = new ConcurrentHashMap<>();
    private final Map<SendReceipt.Status, Counter> statuses = new EnumMap<>(SendReceipt.Status.class);
    private final DistributionSummary bytes;

    PublishMetrics(MeterRegistry registry, PublishConfig config, InFlightLimit inFlight) {
        this.registry = registry;
        this.config = config.metrics();
        this.bytes = DistributionSummary.builder("gateway.publish")
                .baseUnit("bytes")
                .description("Sizes of bodies accepted for publishing")
                .register(registry);
        for (var status : SendReceipt.Status.values()) {
            statuses.put(
                    status,
                    Counter.builder("gateway.send.status")
                            .description("Send statuses that brokers returned")
                            .tag("status", status.name())
                            .register(registry));
        }
        Gauge.builder("gateway.publish.in.flight", inFlight, InFlightLimit::messages)
                .description("Messages on their way to the broker")
                .register(registry);
        Gauge.builder("gateway.publish.in.flight.size", inFlight, InFlightLimit::bytes)
                .baseUnit("bytes")
                .description("Bytes of bodies and attributes on their way to the broker")
                .register(registry);
        Gauge.builder("gateway.publish.in.flight.limit", inFlight, InFlightLimit::maxMessages)
                .description("The limit of messages on their way to the broker")
                .register(registry);
        Gauge.builder("gateway.publish.in.flight.size.limit", inFlight, InFlightLimit::maxBytes)
                .baseUnit("bytes")
                .description("The limit of bytes on their way to the broker")
                .register(registry);
    }

    public void taken(int bodyBytes) {
        bytes.record(bodyBytes);
    }

    /** Counts a message that the broker stored with this status. */
    public void stored(SendReceipt.Status status) {
        statuses.get(status).increment();
    }

    /** Counts a request that the rate of the caller or the topic held back. */
    void rateLimited(String limit) {
        limited(limit).increment();
    }

    /** Makes the counter of a rate, so that it is 0 before the rate holds back the first request. */
    void counts(String limit) {
        limited(limit);
    }

    private Counter limited(String limit) {
        return registry.counter("gateway.rate.limited", "limit", limit);
    }

    /** Records an answered request. Only a topic that accepted a message gets a label, so that misspelled topics get none. */
    public void answered(String topic, String mode, String outcome, long nanos) {
        var series = new Series(label(topic, SUCCESS.equals(outcome)), mode, outcome);
        requests.computeIfAbsent(series, this::timer).record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(Series series) {
        return Timer.builder("gateway.publish.requests")
                .description(
                        "Duration of publish requests, from the time when the gateway starts to process one until its response is ready")
                .tags("topic", series.topic, "mode", series.mode, "outcome", series.outcome)
                .publishPercentileHistogram()
                .register(registry);
    }

    private String label(String topic, boolean mayAdd) {
        if (config.topics().isPresent()) {
            return config.topics().get().contains(topic) ? topic : OTHER;
        }
        if (labelledTopics.contains(topic)) {
            return topic;
        }
        // Two threads may pass the check at once; one or two labels above the limit do no harm.
        if (mayAdd && labelledTopics.size() < config.maxTopics()) {
            labelledTopics.add(topic);
            return topic;
        }
        return OTHER;
    }
}
