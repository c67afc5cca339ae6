package dev.rocketgateway.security.identity;

import dev.rocketgateway.message.BoundedThreads;
import dev.rocketgateway.security.AuditLog;
import dev.rocketgateway.security.Grants;
import dev.rocketgateway.security.Permission;
import dev.rocketgateway.security.SecurityConfig;
import io.github.bucket4j.TimeMeter;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Holds the credentials that the gateway accepts, as configured, and what callers without credentials may do. Created before anything
 * connects. If no caller could use the gateway, the gateway does not start.
 */
@Singleton
class AcceptedCredentials {

    private static final Logger LOG = Logger.getLogger(AcceptedCredentials.class);

    private static final int BEFORE_ANYTHING_CONNECTS = 2;
    private static final Duration FILES_INTERVAL = Duration.ofSeconds(5);

    private static final int THREADS = 16;
    private static final int WAITING = 1_000;

    private final SecurityConfig config;
    private final Optional<Grants> anonymous;
    private final AuditLog audit;
    private final ApiKeys apiKeys;
    private final Tokens tokens;
    private final Certificates certificates;
    private final Failures failures;
    private final Executor threads = BoundedThreads.create("gateway-identity", THREADS, WAITING);

    /**
     * @throws ConfigurationException if the settings are invalid, or allow no kind of credentials and no anonymous callers
     */
    @Inject
    AcceptedCredentials(SecurityConfig config, AuditLog audit) {
        this.config = config;
        this.anonymous = config.anonymous().map(Grants::onAllTopics);
        this.audit = audit;
        var roles = new Roles(config.rules());
        this.apiKeys = new ApiKeys(config.apiKeys(), roles);
        this.tokens = new Tokens(config.issuers(), roles);
        this.certificates = new Certificates(config.certificates(), roles);
        this.failures = new Failures(config.failuresPerMinute(), TimeMeter.SYSTEM_NANOTIME);
        if (config.anonymous().isEmpty()
                && config.apiKeys().isEmpty()
                && config.issuers().isEmpty()
                && config.certificates().isEmpty()) {
            throw new ConfigurationException("""
                    The gateway does not start, because nobody could use it. Set at least one of these; docs/security.md explains them:
                      gateway.security.api-keys.<name>.sha256   callers with an API key; `java -jar quarkus-run.jar api-key <name>` makes one
                      gateway.security.issuers.<name>.url       callers with a token (JWT) of this issuer
                      gateway.security.certificates.<name>.san  callers with a client certificate
                      gateway.security.anonymous                what anybody may do, such as publish,subscribe,read; or admin for everything""");
        }
    }

    void start(@Observes @Priority(BEFORE_ANYTHING_CONNECTS) StartupEvent event, Vertx vertx) {
        config.anonymous().map(AcceptedCredentials::labels).ifPresent(AcceptedCredentials::announceOpen);
        audit.started("apiKeys=%d issuers=%d certificates=%d anonymous=%s"
                .formatted(
                        config.apiKeys().size(),
                        config.issuers().size(),
                        config.certificates().size(),
                        config.anonymous().map(AcceptedCredentials::labels).orElse("none")));
        if (apiKeys.hasFiles()) {
            vertx.setPeriodic(
                    FILES_INTERVAL.toMillis(),
                    now -> vertx.executeBlocking(() -> {
                        apiKeys.refresh();
                        return null;
                    }));
        }
    }

    private static void announceOpen(String permissions) {
        if (LaunchMode.current() == LaunchMode.DEVELOPMENT) {
            LOG.infof("dev mode is open: anybody who reaches it has the permissions %s on every topic", permissions);
        } else {
            LOG.warnf(
                    "the gateway is open: anybody who reaches it has the permissions %s on every topic; close it with gateway.security.*",
                    permissions);
        }
    }

    private static String labels(List<Permission> permissions) {
        return permissions.stream()
                .sorted(Comparator.naturalOrder())
                .map(Permission::label)
                .collect(Collectors.joining(","));
    }

    ApiKeys apiKeys() {
        return apiKeys;
    }

    Tokens tokens() {
        return tokens;
    }

    Certificates certificates() {
        return certificates;
    }

    Failures failures() {
        return failures;
    }

    /** Threads for work that may wait for an issuer. */
    Executor threads() {
        return threads;
    }

    /** What callers without credentials may do; empty if they need credentials. */
    Optional<Grants> anonymous() {
        return anonymous;
    }

    boolean protectsDocuments() {
        return config.protectDocuments();
    }
}
