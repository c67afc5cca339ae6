package dev.rocketgateway.security;

import dev.rocketgateway.message.LogText;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Writes who did what, one line for each change of a subscription, for each denied request and for each start. No line has a
 * secret. The log category is {@value #CATEGORY}; the request id is in the log context.
 *
 * <p>Denied requests can come without end, so of those that are alike one is written per {@link #DENIALS_WINDOW}, with the number of
 * those that were left out since the last one. Thread-safe.
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

    /** A caller changed a subscription. */
    void changed(Principal principal, String action, String subscription) {
        LOG.infof(
                "audit principal=%s action=%s subscription=%s result=done",
                principal, action, LogText.value(subscription));
    }

    /** A caller lacks a permission. */
    void denied(Principal principal, Permission permission, String topic) {
        denials.ask(principal + " " + permission + " " + topic)
                .ifPresent(more -> LOG.warnf(
                        "audit principal=%s action=%s topic=%s result=denied notLogged=%d",
                        principal, permission.label(), LogText.value(topic), more));
    }

    /** Credentials were wrong. */
    public void refused(String address, String reason) {
        denials.ask(address)
                .ifPresent(more -> LOG.warnf(
                        "audit principal=unknown address=%s action=authenticate result=refused reason=%s notLogged=%d",
                        LogText.value(address), LogText.value(reason), more));
    }

    /** The gateway starts, with these ways in. */
    public void started(String waysIn) {
        LOG.infof("audit action=start %s", waysIn);
    }
}
