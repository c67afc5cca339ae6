package dev.rocketgateway.subscription.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocketgateway.message.Durations;
import dev.rocketgateway.subscription.Endpoint.Signing;
import dev.rocketgateway.subscription.MissingSecretException;
import dev.rocketgateway.subscription.SecretText;
import dev.rocketgateway.subscription.Secrets;
import dev.rocketgateway.subscription.SigningSecrets;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.SubscriptionRuntime;
import dev.rocketgateway.subscription.SubscriptionStatus;
import dev.rocketgateway.subscription.document.SubscriptionDocument;
import dev.rocketgateway.subscription.document.SubscriptionWriter;
import dev.rocketgateway.subscription.secret.SubscriptionSecrets;
import dev.rocketgateway.subscription.store.AttemptHistory.Kept;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Converts subscriptions and attempts to JSON for responses. */
@Singleton
class SubscriptionViews {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final SubscriptionRuntime runtime;
    private final Secrets secrets;

    SubscriptionViews(SubscriptionRuntime runtime, SubscriptionSecrets secrets) {
        this.runtime = runtime;
        this.secrets = secrets;
    }

    /**
     * Returns a subscription as JSON: all settings in effect, and the status.
     *
     * @param revealed values of the secrets to show in this response only, by the sealed secret
     */
    ObjectNode of(Subscription subscription, Map<SecretText, String> revealed) {
        var json = NODES.objectNode();
        var written = SubscriptionWriter.write(subscription, secret -> Optional.ofNullable(revealed.get(secret)));
        json.set("name", written.remove("name"));
        json.set("description", written.remove("description"));
        json.put("origin", subscription.origin().name());
        json.put("generation", subscription.generation());
        json.set("state", written.remove("state"));
        // The stored reason of an active subscription signals a resumption to replicas.
        json.put(
                "stateReason",
                subscription
                        .stateReason()
                        .filter(why -> subscription.state() == Subscription.State.PAUSED)
                        .orElse(null));
        json.setAll(written);
        subscription
                .endpoint()
                .ifPresent(
                        endpoint -> addPublicKeys(endpoint.signing(), (ArrayNode) json.at("/endpoint/signing/keys")));
        json.set("status", status(runtime.status(subscription.name())));
        return json;
    }

    private void addPublicKeys(Signing signing, ArrayNode keys) {
        for (int i = 0; i < keys.size(); i++) {
            try {
                var secret = secrets.value(signing.keys().get(i).secret());
                var key = (ObjectNode) keys.get(i);
                SigningSecrets.publicKey(signing.type(), secret)
                        .ifPresent(text -> key.put(SubscriptionDocument.PUBLIC_KEY, text));
            } catch (MissingSecretException e) {
                // The status shows this when it matters.
                continue;
            }
        }
    }

    private static ObjectNode status(SubscriptionStatus status) {
        var json = NODES.objectNode();
        json.put("phase", status.phase());
        json.put("reason", status.reason().orElse(null));
        json.put("observedGeneration", status.observedGeneration());
        var delays = json.putArray("retryDelays");
        status.retryDelays().forEach(delays::add);
        json.put("lagMessages", status.lagMessages().orElse(null));
        json.put("lagSeconds", status.lagSeconds().orElse(null));
        json.put("inFlight", status.inFlight());
        json.put("held", status.held());
        json.put("breaker", status.breaker());
        json.put("nextTry", status.nextTry().map(Instant::toString).orElse(null));
        json.put("lastSuccess", status.lastSuccess().map(Instant::toString).orElse(null));
        json.set(
                "lastFailure",
                status.lastFailure()
                        .map(failure -> NODES.objectNode()
                                .put("at", failure.at().toString())
                                .put("outcome", failure.outcome())
                                .put("detail", failure.detail()))
                        .orElse(null));
        return json;
    }

    static ObjectNode of(Kept kept) {
        var attempt = kept.attempt();
        var json = NODES.objectNode();
        json.put("id", String.valueOf(kept.id()));
        json.put("messageId", attempt.messageId());
        json.put("topic", attempt.topic());
        json.put("attempt", attempt.attempt());
        json.put("at", attempt.at().toString());
        json.put("took", Durations.format(attempt.took()));
        json.put("outcome", attempt.outcome());
        json.put("status", attempt.status().isPresent() ? attempt.status().getAsInt() : null);
        json.put("verdict", attempt.verdict());
        json.put("retryIn", attempt.retryIn().map(Durations::format).orElse(null));
        json.put("detail", attempt.detail());
        json.put("response", attempt.response());
        return json;
    }
}
