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
 * The meters of publishing. Thread-safe.
 *
 * <p>Topics come from callers, so the number that get a label of their own is bounded; the others count as {@code other}.
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
                .description("Sizes of the bodies taken for publishing")
                .register(registry);
        for (var status : SendReceipt.Status.values()) {
            statuses.put(
                    status,
                    Counter.builder("gateway.send.status")
                            .description("What brokers answered to sends")
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
    }

    public void taken(int bodyBytes) {
        bytes.record(bodyBytes);
    }

    /** The broker stored a message with this status. */
    public void stored(SendReceipt.Status status) {
        statuses.get(status).increment();
    }

    /** A rate of the caller or the topic held a request back. */
    void rateLimited(String limit) {
        registry.counter("gateway.rate.limited", "limit", limit).increment();
    }

    /** A request was answered; only a topic that took a message gets a label, so that typing errors do not. */
    public void answered(String topic, String mode, String outcome, long nanos) {
        var series = new Series(label(topic, SUCCESS.equals(outcome)), mode, outcome);
        requests.computeIfAbsent(series, this::timer).record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(Series series) {
        return Timer.builder("gateway.publish.requests")
                .description("Publish requests, from the first look to the answer")
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
        // Two threads may pass the check at once; a label or two over the cap does no harm.
        if (mayAdd && labelledTopics.size() < config.maxTopics()) {
            labelledTopics.add(topic);
            return topic;
        }
        return OTHER;
    }
}
