package dev.rocketgateway.deliver.breaker;

import dev.rocketgateway.subscription.CircuitBreakerPolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an endpoint's health: the circuit breaker behind a {@link DeliveryGate}, as decisions without waiting.
 *
 * <pre>
 *            too many fail, Retry-After, 410, our own failure
 *   OPEN ──────────────────────────────────────────────────────▶ CLOSED ◀─────────────┐
 *    ▲                                                              │ time is up     │ failed: for longer
 *    │                                                              ▼                │
 *    └──────────────────── succeeded ────────────────────────── PROBING ─────────────┘
 *                                                       one webhook, the others wait
 * </pre>
 * Open and closed are those of a gate, not of an electric circuit. Times are {@link System#nanoTime}. Not thread-safe.
 */
final class CircuitBreaker {

    /**
     * A message that has failed as a probe more often than this lets other messages go first. Otherwise one bad message could hold
     * back a recovered endpoint.
     */
    static final int PROBES_BEFORE_OTHERS = 2;

    /** How long such a message waits for others. */
    static final Duration FOR_OTHERS_TO_COME = Duration.ofSeconds(2);

    /** A gate that has just closed. */
    record Closed(Hold hold, Duration time) {}

    private final FailureWindow window = new FailureWindow();
    private final Map<String, Integer> probesOf = new HashMap<>();

    private CircuitBreakerPolicy settings;
    private @Nullable Hold hold;
    private long closedAt;
    private long opensAt;
    private long failedAt;
    private Duration lastTime = Duration.ZERO;
    private boolean probing;

    CircuitBreaker(CircuitBreakerPolicy settings) {
        this.settings = settings;
    }

    void change(CircuitBreakerPolicy next) {
        settings = next;
    }

    boolean isOpen() {
        return hold == null;
    }

    Optional<Hold> hold() {
        return Optional.ofNullable(hold);
    }

    /** For how long it has been closed, probes in between included; zero if it is open. */
    Duration closedFor(long now) {
        return hold == null ? Duration.ZERO : Duration.ofNanos(now - closedAt);
    }

    /** For how long the endpoint is known to fail: from the closing to the last failure; zero if it is open. */
    Duration failingFor() {
        return hold == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, failedAt - closedAt));
    }

    /** Time until the next probe; zero or less if it may go now, or if the gate is open. */
    Duration opensIn(long now) {
        return hold == null ? Duration.ZERO : Duration.ofNanos(opensAt - now);
    }

    /** How long a message waits before it calls {@link #tryProbe} again, in nanoseconds; forever while a probe is in flight. */
    long waitFor(String messageId, long now) {
        return probing ? Long.MAX_VALUE : turnOf(messageId) - now;
    }

    /** Whether this message may be sent as a probe. */
    boolean tryProbe(String messageId, long now) {
        boolean free = !probing && turnOf(messageId) - now <= 0;
        probing |= free;
        return free;
    }

    private long turnOf(String messageId) {
        return letsOthersGoFirst(messageId) ? opensAt + FOR_OTHERS_TO_COME.toNanos() : opensAt;
    }

    private boolean letsOthersGoFirst(String messageId) {
        return probesOf.getOrDefault(messageId, 0) > PROBES_BEFORE_OTHERS;
    }

    /**
     * Number of messages that let others go first. A new consumption needs one more thread than this, or no other message can be
     * received.
     */
    int lettingOthersGoFirst() {
        return (int) probesOf.keySet().stream().filter(this::letsOthersGoFirst).count();
    }

    /** The probe ended without a result. */
    void probeAbandoned() {
        probing = false;
    }

    /**
     * Records that a webhook was answered, even if its message was refused.
     *
     * @return whether that opened the gate
     */
    boolean succeeded(boolean probe, long now) {
        window.add(false, now, settings.window());
        boolean opens = probe && hold != null;
        if (opens) {
            open();
        }
        return opens;
    }

    /** Records that a webhook that is not a probe failed. */
    Optional<Closed> failed(String detail, long now) {
        window.add(true, now, settings.window());
        boolean closes = hold == null
                && settings.enabled()
                && window.exceeds(settings.failurePercent(), settings.minimumRequests(), now, settings.window());
        return closes ? Optional.of(failing(detail, false, now)) : Optional.empty();
    }

    /** The probe failed. */
    Closed probeFailed(String messageId, String detail, long now) {
        probesOf.merge(messageId, 1, Integer::sum);
        return failing(detail, true, now);
    }

    private Closed failing(String detail, boolean probe, long now) {
        failedAt = now;
        return close(new Hold(Hold.ENDPOINT_FAILING, detail), longer(settings.open(), settings.maxOpen()), probe, now);
    }

    /**
     * Closes the gate for a time that the endpoint has named. A later end stays, unless a probe got this response.
     *
     * @param probe whether the response was for the probe
     */
    Optional<Closed> closeFor(Duration time, Hold why, boolean probe, long now) {
        if (hold != null && !probe && now + time.toNanos() - opensAt < 0) {
            return Optional.empty();
        }
        return Optional.of(close(why, time, probe, now));
    }

    /** Closes the gate because of a fault of the gateway itself; the time doubles with each consecutive fault, up to the limit. */
    Optional<Closed> closeForOurs(Hold why, Duration first, Duration limit, boolean probe, long now) {
        if (hold != null && !probe) {
            return Optional.empty();
        }
        return Optional.of(close(why, longer(first, limit), probe, now));
    }

    /** Forgets every failure. */
    void open() {
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

    private Closed close(Hold why, Duration time, boolean probe, long now) {
        if (hold == null) {
            closedAt = now;
        }
        hold = why;
        lastTime = time;
        opensAt = now + time.toNanos();
        probing &= !probe;
        return new Closed(why, time);
    }
}
