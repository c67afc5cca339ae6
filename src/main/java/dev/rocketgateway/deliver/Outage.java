package dev.rocketgateway.deliver;

import dev.rocketgateway.subscription.CircuitBreaker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an endpoint's health: the circuit breaker behind a {@link Gate}, as decisions without waiting.
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
final class Outage {

    /**
     * The same message may fail as a probe this often without spending an attempt. It must end: an endpoint that is well
     * again and only fails with this one message would be held back by it for ever.
     */
    static final int FREE_PROBES = 2;

    /** A gate that was closed just now. */
    record Closed(Hold hold, Duration time) {}

    private final FailureWindow window = new FailureWindow();
    private final Map<String, Integer> probesOf = new HashMap<>();

    private CircuitBreaker settings;
    private @Nullable Hold hold;
    private long closedAt;
    private long opensAt;
    private long failedAt;
    private Duration lastTime = Duration.ZERO;
    private boolean probing;

    Outage(CircuitBreaker settings) {
        this.settings = settings;
    }

    void change(CircuitBreaker next) {
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

    /** How long to wait, in nanoseconds, before the next look at {@link #tryProbe}; for ever while a probe is under way. */
    long waitFor(long now) {
        return probing ? Long.MAX_VALUE : opensAt - now;
    }

    /** Whether this one may go out and look. */
    boolean tryProbe(long now) {
        boolean free = !probing && opensAt - now <= 0;
        probing |= free;
        return free;
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

    /** Whether the message may be a probe once more without spending an attempt. */
    boolean mayProbeAgain(String messageId) {
        return probesOf.getOrDefault(messageId, 0) <= FREE_PROBES;
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
