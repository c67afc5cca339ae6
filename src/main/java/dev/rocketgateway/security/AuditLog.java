package dev.rocketgateway.security;

import dev.rocketgateway.message.LogText;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jboss.logging.Logger;

/**
 * Writes the audit log: who did what. There is one line for each change of a subscription, for each denied request and for each
 * start. No line contains a secret. The log category is {@value #CATEGORY}; the request id is in the log context.
 *
 * <p>The number of denied requests has no limit, so similar ones are sampled: one line per {@link #DENIALS_WINDOW}, with the number
 * of lines left out since the line before. All of them are counted by {@link Refusal}. Thread-safe.
 */
@Singleton
public class AuditLog {

    public static final String CATEGORY = "dev.rocketgateway.audit";

    static final Duration DENIALS_WINDOW = Duration.ofSeconds(10);

    private static final Logger LOG = Logger.getLogger(CATEGORY);

    private final Sampling denials;
    private final Map<Refusal, LongAdder> refusals = new EnumMap<>(Refusal.class);

    /** Why a request was refused because of who sent it. */
    enum Refusal {
        /** The request had no credentials. */
        MISSING,
        /** The credentials were wrong. */
        INVALID,
        /** The caller lacked a permission. */
        DENIED;

        /** The name of this reason in metrics. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Inject
    public AuditLog() {
        this(new Sampling(DENIALS_WINDOW, System::nanoTime));
    }

    AuditLog(Sampling denials) {
        this.denials = denials;
        for (var refusal : Refusal.values()) {
            refusals.put(refusal, new LongAdder());
        }
    }

    /** Records that a caller changed a subscription. */
    void changed(Principal principal, String action, String subscription) {
        LOG.infof(
                "audit principal=%s action=%s subscription=%s result=done",
                principal, action, LogText.value(subscription));
    }

    /** Records that a caller changed the level of a log category. */
    void changedLog(Principal principal, String category, String level) {
        LOG.infof(
                "audit principal=%s action=log-level category=%s level=%s result=done",
                principal, LogText.value(category), level);
    }

    /** Records that a caller lacks a permission. */
    void denied(Principal principal, Permission permission, String topic) {
        add(Refusal.DENIED);
        denials.ask(principal + " " + permission + " " + topic)
                .ifPresent(more -> LOG.warnf(
                        "audit principal=%s action=%s topic=%s result=denied notLogged=%d",
                        principal, permission.label(), LogText.value(topic), more));
    }

    /** Records that credentials were wrong. */
    public void refused(String address, String reason) {
        add(Refusal.INVALID);
        denials.ask(address)
                .ifPresent(more -> LOG.warnf(
                        "audit principal=unknown address=%s action=authenticate result=refused reason=%s notLogged=%d",
                        LogText.value(address), LogText.value(reason), more));
    }

    /** Counts a request without credentials. Writes no line: such requests need no secret, so there can be very many. */
    public void unauthenticated() {
        add(Refusal.MISSING);
    }

    /** The number of requests that were refused for this reason. */
    long count(Refusal refusal) {
        return Objects.requireNonNull(refusals.get(refusal)).sum();
    }

    private void add(Refusal refusal) {
        Objects.requireNonNull(refusals.get(refusal)).increment();
    }

    /** Records that the gateway starts, and which kinds of credentials it accepts. */
    public void started(String waysIn) {
        LOG.infof("audit action=start %s", waysIn);
    }
}
