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
     * A message that has failed as a probe more often than this lets others go first: an endpoint that is well again and only fails
     * with this one message must not be held back by it.
     */
    static final int PROBES_BEFORE_OTHERS = 2;

    /** For how long it lets them. */
    static final Duration FOR_OTHERS_TO_COME = Duration.ofSeconds(2);

    /** A gate that was closed just now. */
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

    /** When the next probe may go; zero or less if now, or if it is open. */
    Duration opensIn(long now) {
        return hold == null ? Duration.ZERO : Duration.ofNanos(opensAt - now);
    }

    /** How long a message waits, in nanoseconds, before the next look at {@link #tryProbe}; for ever while a probe is under way. */
    long waitFor(String messageId, long now) {
        return probing ? Long.MAX_VALUE : turnOf(messageId) - now;
    }

    /** Whether this message may go out and look. */
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

    /** How many messages let others go first. Whoever begins anew needs one thread more than that, or none of those comes. */
    int lettingOthersGoFirst() {
        return (int) probesOf.keySet().stream().filter(this::letsOthersGoFirst).count();
    }

    /** The probe came to no result. */
    void probeAbandoned() {
        probing = false;
    }

    /**
     * A webhook was answered, and be it with a refusal of its message.
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

    /** A webhook that was no probe failed. */
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
     * For a time the endpoint has named; a later end stays, unless a probe brought this one.
     *
     * @param probe whether this came of the probe
     */
    Optional<Closed> closeFor(Duration time, Hold why, boolean probe, long now) {
        if (hold != null && !probe && now + time.toNanos() - opensAt < 0) {
            return Optional.empty();
        }
        return Optional.of(close(why, time, probe, now));
    }

    /** Because of something on our side; each time in a row for twice as long, up to the limit. */
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
