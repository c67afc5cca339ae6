package dev.rocketgateway.subscription.document;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocketgateway.message.Durations;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.subscription.CircuitBreakerPolicy;
import dev.rocketgateway.subscription.DeadLetterPolicy;
import dev.rocketgateway.subscription.Delivery;
import dev.rocketgateway.subscription.Endpoint;
import dev.rocketgateway.subscription.Endpoint.Tls;
import dev.rocketgateway.subscription.EndpointAuth;
import dev.rocketgateway.subscription.Pull;
import dev.rocketgateway.subscription.Responses;
import dev.rocketgateway.subscription.RetryPolicy;
import dev.rocketgateway.subscription.SecretText;
import dev.rocketgateway.subscription.Source;
import dev.rocketgateway.subscription.Subscription;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes a subscription as JSON with all settings in effect. {@link SubscriptionDocument} can read this JSON. */
public final class SubscriptionWriter {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Leaves inline secrets out of the JSON. */
    public static final Function<SecretText, Optional<String>> WITHOUT_SECRETS = secret -> Optional.empty();

    private final Function<SecretText, Optional<String>> inline;

    private SubscriptionWriter(Function<SecretText, Optional<String>> inline) {
        this.inline = inline;
    }

    /**
     * Writes the subscription as JSON.
     *
     * @param inline returns the string to write for an inline secret; empty to leave the secret out
     */
    public static ObjectNode write(Subscription subscription, Function<SecretText, Optional<String>> inline) {
        return new SubscriptionWriter(inline).write(subscription);
    }

    private ObjectNode write(Subscription subscription) {
        var json = NODES.objectNode();
        json.put("name", subscription.name());
        json.put("description", subscription.description());
        json.put("state", subscription.state().name());
        source(json.putObject("source"), subscription.source());
        subscription.pull().ifPresent(pull -> pull(json, subscription, pull));
        subscription.endpoint().ifPresent(endpoint -> webhooks(json, subscription, endpoint));
        return json;
    }

    private static void pull(ObjectNode json, Subscription subscription, Pull pull) {
        json.putObject("pull").put("visibility", Durations.format(pull.visibility()));
        json.putObject("retry").put("maxAttempts", subscription.retry().maxAttempts());
        deadLetter(json.putObject("deadLetter"), subscription.deadLetter());
    }

    private void webhooks(ObjectNode json, Subscription subscription, Endpoint endpoint) {
        endpoint(json.putObject("endpoint"), endpoint);
        var payload = subscription.payload();
        json.putObject("payload")
                .put("format", payload.format().name())
                .put("contentType", text(payload.contentType()))
                .put("forwardProperties", payload.forwardProperties());
        json.putObject("batch")
                .put("maxMessages", subscription.batch().maxMessages())
                .put("maxBytes", subscription.batch().maxBytes());
        delivery(json.putObject("delivery"), subscription.delivery());
        retry(json.putObject("retry"), subscription.retry());
        responses(json.putObject("responses"), subscription.responses());
        deadLetter(json.putObject("deadLetter"), subscription.deadLetter());
        circuitBreaker(json.putObject("circuitBreaker"), subscription.circuitBreaker());
    }

    private static void deadLetter(ObjectNode json, DeadLetterPolicy deadLetter) {
        json.put("mode", deadLetter.mode().name());
        json.put("topic", text(deadLetter.topic().map(TopicName::value)));
    }

    private static void source(ObjectNode json, Source source) {
        json.put("topic", source.topic().value());
        json.put("consumerGroup", source.consumerGroup().value());
        json.putObject("filter")
                .put("type", source.filter().type().name())
                .put("expression", source.filter().expression());
        json.put("mode", source.mode().name());
        json.putObject("startFrom")
                .put("position", source.startFrom().position().name())
                .put("timestamp", text(source.startFrom().timestamp().map(Instant::toString)));
    }

    private void endpoint(ObjectNode json, Endpoint endpoint) {
        json.put("url", endpoint.url().toString());
        json.put("method", endpoint.method().name());
        json.put("http2", endpoint.http2());
        endpoint.headers().forEach(json.putObject("headers")::put);
        json.put("connectTimeout", Durations.format(endpoint.connectTimeout()));
        json.put("timeout", Durations.format(endpoint.timeout()));
        tls(json.putObject("tls"), endpoint.tls());
        json.set("auth", endpoint.auth().match(new AuthJson()));
        var signing = json.putObject("signing");
        signing.put("type", endpoint.signing().type().name());
        var keys = signing.putArray("keys");
        for (var key : endpoint.signing().keys()) {
            secret(keys.addObject().put("id", key.id()), "secret", key.secret())
                    .put("notAfter", text(key.notAfter().map(Instant::toString)));
        }
    }

    private static void tls(ObjectNode json, Tls tls) {
        json.put("caRef", text(tls.ca().map(SubscriptionWriter::reference)))
                .put(
                        "clientCertRef",
                        text(tls.clientCertificate()
                                .map(SubscriptionWriter::reference)
                                .map(name -> name.substring(0, name.length() - Tls.CERTIFICATE_FILE.length()))))
                .put("serverName", text(tls.serverName()))
                .put("insecureSkipVerify", tls.insecureSkipVerify());
    }

    private final class AuthJson implements EndpointAuth.Cases<ObjectNode> {

        @Override
        public ObjectNode none() {
            return type("NONE");
        }

        @Override
        public ObjectNode basic(EndpointAuth.Basic basic) {
            return secret(type("BASIC").put("username", basic.username()), "password", basic.password());
        }

        @Override
        public ObjectNode bearer(EndpointAuth.Bearer bearer) {
            return secret(type("BEARER"), "token", bearer.token());
        }

        @Override
        public ObjectNode apiKey(EndpointAuth.ApiKey key) {
            return secret(type("API_KEY").put("header", key.name()), "key", key.key());
        }

        @Override
        public ObjectNode oAuth2(EndpointAuth.OAuth2 client) {
            var json = type("OAUTH2_CLIENT_CREDENTIALS")
                    .put("tokenUrl", client.tokenUrl().toString())
                    .put("clientId", client.clientId());
            return secret(json, "clientSecret", client.clientSecret())
                    .put("scope", text(client.scope()))
                    .put("audience", text(client.audience()));
        }

        private ObjectNode type(String type) {
            return NODES.objectNode().put("type", type);
        }
    }

    private ObjectNode secret(ObjectNode json, String field, SecretText secret) {
        if (secret instanceof SecretText.Reference file) {
            json.put(field + "Ref", file.name());
        } else {
            inline.apply(secret).ifPresent(text -> json.put(field, text));
        }
        return json;
    }

    private static void delivery(ObjectNode json, Delivery delivery) {
        json.put("maxInFlight", delivery.maxInFlight());
        var rate = delivery.ratePerSecond().orElse(null);
        if (rate != null && rate == Math.rint(rate)) {
            json.put("ratePerSecond", rate.longValue());
        } else {
            json.put("ratePerSecond", rate);
        }
    }

    private static void retry(ObjectNode json, RetryPolicy retry) {
        json.put("maxAttempts", retry.maxAttempts());
        if (retry.schedule().isPresent()) {
            array(
                    json,
                    "schedule",
                    retry.schedule().get().stream().map(Durations::format).toList());
        } else {
            json.putNull("schedule");
        }
        json.put("honorRetryAfter", retry.honorRetryAfter())
                .put("retryAfterMax", Durations.format(retry.retryAfterMax()))
                .put("onExhausted", retry.onExhausted().name());
    }

    private static void responses(ObjectNode json, Responses responses) {
        array(json, "ack", responses.ack());
        array(json, "deadLetter", responses.deadLetter());
        array(json, "pause", responses.pause());
        array(json, "retry", responses.retry());
    }

    private static void array(ObjectNode json, String field, List<String> entries) {
        entries.forEach(json.putArray(field)::add);
    }

    private static void circuitBreaker(ObjectNode json, CircuitBreakerPolicy breaker) {
        json.put("enabled", breaker.enabled())
                .put("failurePercent", breaker.failurePercent())
                .put("minimumRequests", breaker.minimumRequests())
                .put("window", Durations.format(breaker.window()))
                .put("open", Durations.format(breaker.open()))
                .put("maxOpen", Durations.format(breaker.maxOpen()))
                .put("parkAfter", Durations.format(breaker.parkAfter()))
                .put("autoPauseAfter", text(breaker.autoPauseAfter().map(Durations::format)));
    }

    /** The name of the file; certificates are always files. */
    private static String reference(SecretText secret) {
        return ((SecretText.Reference) secret).name();
    }

    private static @Nullable String text(Optional<String> text) {
        return text.orElse(null);
    }
}
