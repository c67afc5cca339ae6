package dev.rocketgateway.webhook;

import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.StreamResetException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLException;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/**
 * Sends webhooks. Follows no redirect, keeps no cookie, decodes nothing, and ends every exchange at its deadline, whatever
 * the endpoint does.
 *
 * <p>Thread-safe; may be called from any thread.
 */
@ApplicationScoped
public class WebhookClient {

    private final Vertx vertx;
    private final HttpClient http;
    private final long maxResponseSize;
    private final String userAgent = "rocketmq-http-gateway/" + version();
    private final Clock clock = Clock.systemUTC();

    WebhookClient(Vertx vertx, WebhookConfig config) {
        this.vertx = vertx;
        this.maxResponseSize = config.maxResponseSize().asLongValue();
        var options = new HttpClientOptions()
                .setKeepAliveTimeout(wholeSeconds(config.idleTimeout()))
                .setDecompressionSupported(false)
                .setTcpNoDelay(true);
        this.http = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(config.maxConnectionsPerHost()));
    }

    private static String version() {
        return ConfigProvider.getConfig()
                .getOptionalValue("quarkus.application.version", String.class)
                .orElse("unknown");
    }

    /** Rounded up: the client counts in seconds, and takes 0 for ever. */
    private static int wholeSeconds(Duration duration) {
        return (int) duration.plusMillis(999).toSeconds();
    }

    @PreDestroy
    void close() {
        http.close();
    }

    /** Ready to send to the endpoint; connects when there is something to send. */
    public WebhookSender open(WebhookEndpoint endpoint) {
        return new WebhookSender() {
            @Override
            public CompletionStage<WebhookOutcome> send(WebhookMessage message) {
                var exchange = new Exchange(endpoint, message);
                exchange.start();
                return exchange.outcome;
            }

            @Override
            public void close() {}
        };
    }

    /** One request and its answer. The timer and the connection may be on different event loops. */
    private final class Exchange {

        private final WebhookEndpoint endpoint;
        private final WebhookMessage message;
        private final CompletableFuture<WebhookOutcome> outcome = new CompletableFuture<>();
        private volatile @Nullable HttpClientRequest sent;
        private volatile @Nullable HttpClientResponse head;
        private final Buffer body = Buffer.buffer();

        Exchange(WebhookEndpoint endpoint, WebhookMessage message) {
            this.endpoint = endpoint;
            this.message = message;
        }

        void start() {
            long timer = vertx.setTimer(Math.max(1, endpoint.timeout().toMillis()), fired -> timeUp());
            outcome.whenComplete((done, never) -> vertx.cancelTimer(timer));
            http.request(options(endpoint)).onSuccess(this::send).onFailure(this::fail);
        }

        private void send(HttpClientRequest opened) {
            // Before the look at the outcome: the timer, on another thread, completes it and then resets what was sent.
            sent = opened;
            if (outcome.isDone()) {
                opened.reset();
                return;
            }
            try {
                message.headers().forEach(opened::putHeader);
                endpoint.headers().forEach(opened::putHeader);
                opened.putHeader("User-Agent", userAgent);
                opened.putHeader("webhook-id", message.id());
                opened.putHeader(
                        "webhook-timestamp", String.valueOf(clock.instant().getEpochSecond()));
                opened.response().onSuccess(this::read).onFailure(this::fail);
                opened.send(Buffer.buffer(message.body())).onFailure(this::fail);
            } catch (RuntimeException e) {
                fail(e);
                opened.reset();
            }
        }

        private void read(HttpClientResponse response) {
            head = response;
            response.exceptionHandler(broken -> answered(response));
            response.endHandler(end -> answered(response));
            response.handler(chunk -> {
                body.appendBuffer(chunk, 0, (int) Math.min(chunk.length(), maxResponseSize - body.length()));
                if (body.length() >= maxResponseSize) {
                    answered(response);
                    reset();
                }
            });
        }

        /** The status is the answer; a body that never ends only costs its connection. */
        private void answered(HttpClientResponse response) {
            outcome.complete(new WebhookOutcome.Answered(response.statusCode(), Optional.empty(), body.getBytes()));
        }

        private void timeUp() {
            var response = head;
            if (response != null) {
                answered(response);
            } else {
                outcome.complete(new WebhookOutcome.Failed(WebhookOutcome.Failure.TIMEOUT, "no answer in time"));
            }
            reset();
        }

        private void fail(Throwable cause) {
            outcome.complete(new WebhookOutcome.Failed(classify(cause), "no answer"));
        }

        private void reset() {
            var opened = sent;
            if (opened != null) {
                opened.reset();
            }
        }
    }

    private static RequestOptions options(WebhookEndpoint endpoint) {
        var url = endpoint.url();
        boolean tls = "https".equalsIgnoreCase(url.getScheme());
        int port = url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80;
        var path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        return new RequestOptions()
                .setMethod(HttpMethod.valueOf(endpoint.method().name()))
                .setConnectTimeout(endpoint.connectTimeout().toMillis())
                .setHost(unbracketed(url.getHost()))
                .setPort(port)
                .setSsl(tls)
                .setURI(url.getRawQuery() == null ? path : path + "?" + url.getRawQuery())
                .setFollowRedirects(false);
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static WebhookOutcome.Failure classify(Throwable cause) {
        if (cause instanceof UnknownHostException) {
            return WebhookOutcome.Failure.DNS;
        }
        if (cause instanceof SSLException) {
            return WebhookOutcome.Failure.TLS;
        }
        // Netty's connect timeout is a ConnectException too.
        if (cause instanceof ConnectException) {
            return WebhookOutcome.Failure.CONNECT_REFUSED;
        }
        if (cause instanceof IOException || cause instanceof StreamResetException || cause instanceof VertxException) {
            return WebhookOutcome.Failure.RESET;
        }
        return WebhookOutcome.Failure.OTHER;
    }
}
