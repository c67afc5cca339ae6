package dev.rocketgateway.security;

import dev.rocketgateway.message.LogText;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Writes the audit log: who did what. There is one line for each change of a subscription, for each denied request and for each
 * start. No line contains a secret. The log category is {@value #CATEGORY}; the request id is in the log context.
 *
 * <p>The number of denied requests has no limit, so similar ones are sampled: one line per {@link #DENIALS_WINDOW}, with the number
 * of lines left out since the line before. Thread-safe.
 */
@Singleton
public class AuditLog {

    public static final String CATEGORY = "dev.rocketgateway.audit";

    static final Duration DENIALS_WINDOW = Duration.ofSeconds(10);

    private static final Logger LOG = Logger.getLogger(CATEGORY);

    private final Sampling denials;

    @Inject
    public AuditLog() {
        this(new Sampling(DENIALS_WINDOW, System::nanoTime));
    }

    AuditLog(Sampling denials) {
        this.denials = denials;
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
        denials.ask(principal + " " + permission + " " + topic)
                .ifPresent(more -> LOG.warnf(
                        "audit principal=%s action=%s topic=%s result=denied notLogged=%d",
                        principal, permission.label(), LogText.value(topic), more));
    }

    /** Records that credentials were wrong. */
    public void refused(String address, String reason) {
        denials.ask(address)
                .ifPresent(more -> LOG.warnf(
                        "audit principal=unknown address=%s action=authenticate result=refused reason=%s notLogged=%d",
                        LogText.value(address), LogText.value(reason), more));
    }

    /** Records that the gateway starts, and which kinds of credentials it accepts. */
    public void started(String waysIn) {
        LOG.infof("audit action=start %s", waysIn);
    }
}
