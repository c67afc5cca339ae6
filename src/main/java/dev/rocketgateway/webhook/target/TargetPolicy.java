package dev.rocketgateway.webhook.target;

import dev.rocketgateway.webhook.WebhookConfig;
import dev.rocketgateway.webhook.address.TargetUrl;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/**
 * Decides where webhooks may go, by the current addresses of their hosts.
 *
 * <p>Thread-safe; never blocks.
 */
@ApplicationScoped
public class TargetPolicy {

    private final TargetRules rules;
    private final NameResolver names;
    private final ControlPlaneAddresses controlPlane;
    private final boolean insecureTls;

    public TargetPolicy(WebhookConfig config, NameResolver names, ControlPlaneAddresses controlPlane) {
        this.rules = new TargetRules(
                config.targetPolicy(),
                config.allowedTargets().orElse(List.of()),
                config.deniedPorts().orElse(List.of()),
                config.allowPlainHttp());
        this.names = names;
        this.controlPlane = controlPlane;
        this.insecureTls = config.allowInsecureTls();
    }

    /** Whether a subscription may turn off the verification of its endpoint's certificate. */
    public boolean allowsInsecureTls() {
        return insecureTls;
    }

    /** The decision about a target. */
    public sealed interface Verdict {

        /** The gateway may connect to each of these addresses. */
        record Allowed(List<InetAddress> addresses) implements Verdict {}

        /** No webhook may go to the target. */
        record Denied(TargetDenial denial) implements Verdict {}

        /**
         * The name of the target could not be resolved.
         *
         * @param detail the reason, in words
         */
        record Unknown(String detail) implements Verdict {}
    }

    /**
     * The reason why no webhook may go to the target; empty if webhooks may. Resolves the name of the target. A name without an
     * address is not a reason, because it may have one when a webhook is sent.
     */
    public CompletionStage<Optional<TargetDenial>> fault(URI url) {
        try {
            var target = TargetUrl.of(url);
            return check(target)
                    .thenApply(verdict ->
                            verdict instanceof Verdict.Denied denied ? Optional.of(denied.denial()) : Optional.empty());
        } catch (TargetUrl.InvalidTargetException e) {
            return CompletableFuture.completedStage(Optional.of(new TargetDenial(String.valueOf(e.getMessage()), "")));
        }
    }

    /** Resolves the target and checks it. Never fails. */
    public CompletableFuture<Verdict> check(TargetUrl url) {
        var literal = url.address();
        var addresses = literal.isPresent()
                ? CompletableFuture.completedFuture(List.of(literal.get()))
                : names.resolve(url.host());
        return controlPlane
                .current()
                .thenCompose(plane -> addresses.handle((found, failure) -> failure == null
                        ? judge(url, found, plane)
                        : rules.fault(url, plane)
                                .<Verdict>map(Verdict.Denied::new)
                                .orElseGet(() -> new Verdict.Unknown(detail(url, failure)))));
    }

    private Verdict judge(TargetUrl url, List<InetAddress> addresses, TargetRules.ControlPlane plane) {
        return rules.fault(url, addresses, plane)
                .<Verdict>map(Verdict.Denied::new)
                .orElseGet(() -> new Verdict.Allowed(addresses));
    }

    private static String detail(TargetUrl url, Throwable failure) {
        var cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof TimeoutException
                ? "host %s was not resolved in time".formatted(url.name())
                : "host %s has no address".formatted(url.name());
    }
}
