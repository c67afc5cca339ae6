package dev.rocketgateway.deliver.operate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rocketgateway.deliver.event.DeliveryAttempt;
import dev.rocketgateway.deliver.event.ResponseExcerpt;
import dev.rocketgateway.deliver.event.VerdictRules;
import dev.rocketgateway.deliver.payload.PayloadFormat;
import dev.rocketgateway.deliver.payload.PayloadFormat.UnrepresentableException;
import dev.rocketgateway.deliver.run.DeliveryServices;
import dev.rocketgateway.message.Durations;
import dev.rocketgateway.message.MessageProperties;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.problem.FieldError;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.webhook.WebhookMessage;
import dev.rocketgateway.webhook.WebhookOutcome;
import io.smallrye.common.annotation.Blocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /subscriptions/{name}:test}: sends one webhook directly to the endpoint and returns the result. The webhook needs no
 * message in the topic, and is sent even if the subscription is paused or holds its messages. The webhook has the header
 * {@code rocketmq-test: true}.
 */
@Path("/subscriptions/{name: [^/:]+}:test")
@Blocking
class TestWebhookResource {

    private static final Logger LOG = Logger.getLogger(TestWebhookResource.class);

    private static final String TEST_HEADER = "rocketmq-test";

    private final SubscriptionLookup subscriptions;
    private final DeliveryServices deliveries;

    TestWebhookResource(SubscriptionLookup subscriptions, DeliveryServices deliveries) {
        this.subscriptions = subscriptions;
        this.deliveries = deliveries;
    }

    /**
     * The result of a test.
     *
     * @param verdict the verdict that a message would get
     * @param took duration, with its unit
     * @param webhookId the id that was sent to the endpoint
     * @param headers headers made from the message, without signature and credentials
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record TestView(
            String outcome,
            @Nullable Integer status,
            String verdict,
            String took,
            String detail,
            String response,
            String webhookId,
            Map<String, String> headers) {}

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public CompletionStage<TestView> test(
            @PathParam("name") String name, InputStream body, @Context RoutingContext context) {
        var caller = Caller.of(context);
        var subscription = subscriptions.requireOperated(caller, name);
        if (subscription.pull().isPresent()) {
            throw GatewayException.of(
                    ProblemType.NOT_A_WEBHOOK_SUBSCRIPTION,
                    "Subscription '%s' has no endpoint to test.".formatted(name));
        }
        var message = read(body, subscription);
        var webhook = webhook(subscription, message);
        caller.did("test", name);
        var sender = deliveries.open(subscription);
        long start = System.nanoTime();
        return sender.send(webhook)
                .whenComplete((outcome, never) -> sender.close())
                .thenApply(outcome -> {
                    LOG.infof("subscription tested subscription=%s outcome=%s", name, outcome.label());
                    return outcome;
                })
                .thenApply(outcome -> view(
                        new DeliveryAttempt(
                                name,
                                message,
                                outcome,
                                Duration.ofNanos(System.nanoTime() - start),
                                VerdictRules.of(outcome, subscription.responses()),
                                Optional.empty(),
                                ""),
                        webhook));
    }

    private static ReceivedMessage read(InputStream json, Subscription subscription) {
        var document = new OperatorRequest(json, Set.of("body", "contentType", "tag", "keys", "properties"));
        var body = document.text("body").orElse("{\"test\":true}");
        var tag = document.text("tag");
        var keys = document.texts("keys").orElse(List.of());
        var properties = new HashMap<>(document.textMap("properties").orElse(Map.of()));
        properties.put(
                MessageProperties.CONTENT_TYPE, document.text("contentType").orElse("application/json"));
        document.throwIfFaulty();
        return new ReceivedMessage(
                "test-" + UUID.randomUUID(),
                subscription.source().topic().value(),
                body.getBytes(StandardCharsets.UTF_8),
                tag,
                keys,
                Optional.empty(),
                properties,
                Instant.now(),
                1,
                Optional.empty(),
                Optional.empty());
    }

    private static WebhookMessage webhook(Subscription subscription, ReceivedMessage message) {
        try {
            var webhook = PayloadFormat.of(subscription).webhook(List.of(message));
            var headers = new HashMap<>(webhook.headers());
            headers.put(TEST_HEADER, "true");
            return new WebhookMessage(webhook.id(), headers, webhook.body());
        } catch (UnrepresentableException e) {
            throw GatewayException.invalid(List.of(new FieldError("body", String.valueOf(e.getMessage()))));
        }
    }

    private static TestView view(DeliveryAttempt attempt, WebhookMessage webhook) {
        var answer = attempt.outcome() instanceof WebhookOutcome.Answered answered ? answered : null;
        return new TestView(
                attempt.outcome().label(),
                answer == null ? null : answer.status(),
                attempt.verdict().name(),
                Durations.format(attempt.took()),
                attempt.detail(),
                answer == null ? "" : ResponseExcerpt.of(answer.body()),
                webhook.id(),
                new TreeMap<>(webhook.headers()));
    }
}
