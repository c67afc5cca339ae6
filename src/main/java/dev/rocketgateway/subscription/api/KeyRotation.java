package dev.rocketgateway.subscription.api;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.subscription.Endpoint.Signing;
import dev.rocketgateway.subscription.Subscription;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Optional;

/** Adds a new signing key beside the old keys. The old keys expire after {@code gateway.store.rotation-overlap}. */
final class KeyRotation {

    private final Duration overlap;
    private final Clock clock;

    KeyRotation(Duration overlap, Clock clock) {
        this.overlap = overlap;
        this.clock = clock;
    }

    /**
     * Returns a copy of the subscription with a new signing key, in which the old keys expire.
     *
     * @throws GatewayException {@code conflict} if the subscription does not sign, or has too many keys
     */
    Subscription rotate(Subscription current, ApiRules rules) {
        var endpoint = current.endpoint()
                .orElseThrow(() -> GatewayException.of(
                        ProblemType.NOT_A_WEBHOOK_SUBSCRIPTION,
                        "Subscription '%s' has no endpoint, so it signs no webhooks.".formatted(current.name())));
        var signing = endpoint.signing();
        if (signing.type() == Signing.Type.NONE) {
            throw GatewayException.of(
                    ProblemType.CONFLICT,
                    "Subscription '%s' does not sign its webhooks; set endpoint.signing.type first."
                            .formatted(current.name()));
        }
        var now = clock.instant();
        var end = now.plus(overlap).truncatedTo(ChronoUnit.SECONDS);
        var keys = new ArrayList<Signing.Key>();
        var ids = new HashSet<String>();
        for (var key : signing.keys()) {
            if (key.notAfter().filter(past -> !past.isAfter(now)).isEmpty()) {
                keys.add(new Signing.Key(key.id(), key.secret(), Optional.of(earlier(key.notAfter(), end))));
                ids.add(key.id());
            }
        }
        if (keys.size() >= Signing.MAX_KEYS) {
            throw GatewayException.of(
                    ProblemType.CONFLICT,
                    "Subscription '%s' has %d keys that still sign. Remove one of them first."
                            .formatted(current.name(), keys.size()));
        }
        int number = signing.keys().size() + 1;
        while (ids.contains("k" + number)) {
            number++;
        }
        keys.add(0, new Signing.Key("k" + number, rules.newSecret(signing.type()), Optional.empty()));
        return current.with(endpoint.with(new Signing(signing.type(), keys)));
    }

    private static Instant earlier(Optional<Instant> given, Instant end) {
        return given.filter(end::isAfter).orElse(end);
    }
}
