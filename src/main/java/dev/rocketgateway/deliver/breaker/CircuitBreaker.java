package dev.rocketgateway.deliver.breaker;

import dev.rocketgateway.subscription.CircuitBreakerPolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides from the outcomes of webhooks whether an endpoint gets more webhooks. {@link DeliveryGate} lets messages wait while the
 * breaker is open.
 *
 * <pre>
 *            too many fail, Retry-After, 410, a fault of the gateway
 *  CLOSED ─────────────────────────────────────────────────────▶ OPEN ◀──────────────┐
 *    ▲                                                             │ the time is up  │ failed: open for longer
 *    │                                                             ▼                 │
 *    └──────────────────── succeeded ───────────────────────── HALF_OPEN ────────────┘
 *                                                    one webhook is the probe, the others wait
 * </pre>
 * Times are {@link System#nanoTime}. Not thread-safe.
 */
final class CircuitBreaker {

    /**
     * If a message has failed as a probe more often than this, other messages go first. Otherwise, one bad message could keep the
     * breaker open although the endpoint has recovered.
     */
    static final int PROBES_BEFORE_OTHERS = 2;

    /** How much longer a message waits for its turn as a probe after it has failed more often than {@link #PROBES_BEFORE_OTHERS}. */
    static final Duration FOR_OTHERS_TO_COME = Duration.ofSeconds(2);

    /** The result of opening the breaker: the reason, and the time until the next probe. A failed probe opens the breaker again. */
    record Opened(Hold hold, Duration time) {}

    private final FailureWindow window = new FailureWindow();
    private final Map<String, Integer> probesOf = new HashMap<>();

    private CircuitBreakerPolicy settings;
    private @Nullable Hold hold;
    private long openedAt;
    private long probesAt;
    private long failedAt;
    private Duration lastTime = Duration.ZERO;
    private boolean probing;

    CircuitBreaker(CircuitBreakerPolicy settings) {
        this.settings = settings;
    }

    void change(CircuitBreakerPolicy next) {
        settings = next;
    }

    boolean isClosed() {
        return hold == null;
    }

    Optional<Hold> hold() {
        return Optional.ofNullable(hold);
    }

    /** Time since the breaker opened; a failed probe does not restart it. Zero if the breaker is closed. */
    Duration openFor(long now) {
        return hold == null ? Duration.ZERO : Duration.ofNanos(now - openedAt);
    }

    /** Time from the opening to the last failure of the endpoint; zero if the breaker is closed. */
    Duration failingFor() {
        return hold == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, failedAt - openedAt));
    }

    /** Time until the next probe; zero or less if a probe may be sent now, or if the breaker is closed. */
    Duration nextProbeIn(long now) {
        return hold == null ? Duration.ZERO : Duration.ofNanos(probesAt - now);
    }

    /** How long a message waits before it calls {@link #tryProbe} again, in nanoseconds; forever while a probe is in flight. */
    long waitFor(String messageId, long now) {
        return probing ? Long.MAX_VALUE : turnOf(messageId) - now;
    }

    /** Makes this message the probe, if there is no other probe and it is time for one. Returns whether it became the probe. */
    boolean tryProbe(String messageId, long now) {
        boolean free = !probing && turnOf(messageId) - now <= 0;
        probing |= free;
        return free;
    }

    private long turnOf(String messageId) {
        return letsOthersGoFirst(messageId) ? probesAt + FOR_OTHERS_TO_COME.toNanos() : probesAt;
    }

    private boolean letsOthersGoFirst(String messageId) {
        return probesOf.getOrDefault(messageId, 0) > PROBES_BEFORE_OTHERS;
    }

    /**
     * Number of messages that let other messages go first. Each of these messages blocks a thread while it waits. So a new
     * consumption needs at least one thread more to receive another message.
     */
    int lettingOthersGoFirst() {
        return (int) probesOf.keySet().stream().filter(this::letsOthersGoFirst).count();
    }

    /** Records that the probe ended without a result, so that another message can become the probe. */
    void probeAbandoned() {
        probing = false;
    }

    /**
     * Records that the endpoint answered a webhook, even if it refused the message.
     *
     * @return whether this closed the breaker
     */
    boolean succeeded(boolean probe, long now) {
        window.add(false, now, settings.window());
        boolean closes = probe && hold != null;
        if (closes) {
            close();
        }
        return closes;
    }

    /** Records that a webhook that is not a probe failed. */
    Optional<Opened> failed(String detail, long now) {
        window.add(true, now, settings.window());
        boolean opens = hold == null
                && settings.enabled()
                && window.exceeds(settings.failurePercent(), settings.minimumRequests(), now, settings.window());
        return opens ? Optional.of(failing(detail, false, now)) : Optional.empty();
    }

    /** Records that the probe failed, and opens the breaker for longer. */
    Opened probeFailed(String messageId, String detail, long now) {
        probesOf.merge(messageId, 1, Integer::sum);
        return failing(detail, true, now);
    }

    private Opened failing(String detail, boolean probe, long now) {
        failedAt = now;
        return open(new Hold(Hold.ENDPOINT_FAILING, detail), longer(settings.open(), settings.maxOpen()), probe, now);
    }

    /**
     * Opens the breaker for the given time, such as that of {@code Retry-After}. If the breaker is already open for longer, changes
     * nothing, unless the response was for the probe.
     *
     * @param probe whether the response was for the probe
     */
    Optional<Opened> holdFor(Duration time, Hold why, boolean probe, long now) {
        if (hold != null && !probe && now + time.toNanos() - probesAt < 0) {
            return Optional.empty();
        }
        return Optional.of(open(why, time, probe, now));
    }

    /** Opens the breaker because of a fault of the gateway itself; the time doubles with each consecutive fault, up to the limit. */
    Optional<Opened> holdForOwnFault(Hold why, Duration first, Duration limit, boolean probe, long now) {
        if (hold != null && !probe) {
            return Optional.empty();
        }
        return Optional.of(open(why, longer(first, limit), probe, now));
    }

    /** Closes the breaker, and forgets every failure. */
    void close() {
        hold = null;
        lastTime = Duration.ZERO;
        probing = false;
        window.clear();
        probesOf.clear();
    }

    private Duration longer(Duration first, Duration limit) {
        var doubled = hold == null ? first : lastTime.multipliedBy(2);
        var next = doubled.compareTo(first) < 0 ? first : doubled;
        return next.compareTo(limit) > 0 ? limit : next;
    }

    private Opened open(Hold why, Duration time, boolean probe, long now) {
        if (hold == null) {
            openedAt = now;
        }
        hold = why;
        lastTime = time;
        probesAt = now + time.toNanos();
        probing &= !probe;
        return new Opened(why, time);
    }
}
