package dev.rocketgateway.webhook.send;

import dev.rocketgateway.tracing.WebhookTraces;
import dev.rocketgateway.webhook.WebhookAuth;
import dev.rocketgateway.webhook.WebhookConfig;
import dev.rocketgateway.webhook.WebhookEndpoint;
import dev.rocketgateway.webhook.WebhookMessage;
import dev.rocketgateway.webhook.WebhookOutcome;
import dev.rocketgateway.webhook.WebhookOutcome.Cause;
import dev.rocketgateway.webhook.WebhookOutcome.Withheld;
import dev.rocketgateway.webhook.WebhookSender;
import dev.rocketgateway.webhook.address.TargetUrl;
import dev.rocketgateway.webhook.credentials.OAuth2Tokens;
import dev.rocketgateway.webhook.exchange.EndpointRoute;
import dev.rocketgateway.webhook.target.TargetPolicy;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Sends webhooks. Follows no redirect, keeps no cookie, decodes no content coding, connects only to targets that the policy allows,
 * and ends every exchange at its deadline.
 *
 * <p>Thread-safe; may be called from any thread.
 */
@ApplicationScoped
public class WebhookClient {

    private final Vertx vertx;
    private final WebhookConfig config;
    private final TargetPolicy policy;
    private final WebhookTraces traces;
    private final Clock clock = Clock.systemUTC();
    private final String userAgent = "rocketmq-http-gateway/"
            + ConfigProvider.getConfig()
                    .getOptionalValue("quarkus.application.version", String.class)
                    .orElse("unknown");

    public WebhookClient(Vertx vertx, WebhookConfig config, TargetPolicy policy, WebhookTraces traces) {
        this.vertx = vertx;
        this.config = config;
        this.policy = policy;
        this.traces = traces;
    }

    /** Opens a sender for the endpoint; it connects with the first webhook. */
    public WebhookSender open(WebhookEndpoint endpoint) {
        try {
            var route = EndpointRoute.to(vertx, config, policy, endpoint);
            return new EndpointSender(config, endpoint, route, tokens(endpoint).orElse(null), userAgent, clock, traces);
        } catch (TargetUrl.InvalidTargetException e) {
            return new NowhereToSend(String.valueOf(e.getMessage()));
        }
    }

    private Optional<OAuth2Tokens> tokens(WebhookEndpoint endpoint) throws TargetUrl.InvalidTargetException {
        return endpoint.auth().match(new WebhookAuth.Cases<Optional<OAuth2Tokens>, TargetUrl.InvalidTargetException>() {
            @Override
            public Optional<OAuth2Tokens> none() {
                return Optional.empty();
            }

            @Override
            public Optional<OAuth2Tokens> basic(WebhookAuth.Basic basic) {
                return Optional.empty();
            }

            @Override
            public Optional<OAuth2Tokens> bearer(WebhookAuth.Bearer bearer) {
                return Optional.empty();
            }

            @Override
            public Optional<OAuth2Tokens> apiKey(WebhookAuth.ApiKey key) {
                return Optional.empty();
            }

            @Override
            public Optional<OAuth2Tokens> oAuth2(WebhookAuth.OAuth2 client) throws TargetUrl.InvalidTargetException {
                var route = EndpointRoute.toTokenServer(vertx, config, policy, endpoint, client.tokenUrl());
                return Optional.of(new OAuth2Tokens(config, route, client, userAgent, endpoint.timeout()));
            }
        });
    }

    /** A sender for an endpoint with an invalid URL. */
    private record NowhereToSend(String why) implements WebhookSender {

        @Override
        public CompletionStage<WebhookOutcome> send(WebhookMessage message) {
            return CompletableFuture.completedStage(withheld());
        }

        private WebhookOutcome withheld() {
            return new Withheld(Cause.TARGET_DENIED, "the URL " + why);
        }

        @Override
        public void close() {}
    }
}
