package dev.rocketgateway.webhook;

import dev.rocketgateway.tracing.WebhookTraces;
import dev.rocketgateway.webhook.address.IpLiteral;
import dev.rocketgateway.webhook.send.WebhookClient;
import dev.rocketgateway.webhook.target.ControlPlaneAddresses;
import dev.rocketgateway.webhook.target.NameResolver;
import dev.rocketgateway.webhook.target.SystemNameResolver;
import dev.rocketgateway.webhook.target.TargetPolicy;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A client as the service has it, with the settings and the names of a test. */
public final class TestWebhooks implements AutoCloseable {

    /** As dev mode sets it, so that tests can have endpoints on this host. */
    static final String LOOPBACK = "127.0.0.0/8,::1";

    public final Vertx vertx = Vertx.vertx();
    final SystemNameResolver system;
    public final TargetPolicy policy;
    public final WebhookClient client;

    private TestWebhooks(WebhookConfig config, @Nullable NameResolver names) {
        system = new SystemNameResolver(config);
        var resolver = names == null ? system : names;
        policy = new TargetPolicy(
                config, resolver, new ControlPlaneAddresses(resolver, Set::of, Optional.empty(), config));
        client = new WebhookClient(vertx, config, policy, WebhookTraces.off());
    }

    public static TestWebhooks usual() {
        return with(Map.of());
    }

    /** With settings, named without {@code gateway.webhook.}, on top of access to this host. */
    public static TestWebhooks with(Map<String, String> settings) {
        return new TestWebhooks(config(settings), null);
    }

    public static TestWebhooks with(Map<String, String> settings, NameResolver names) {
        return new TestWebhooks(config(settings), names);
    }

    public static WebhookConfig config(Map<String, String> settings) {
        var all = new HashMap<String, String>();
        all.put("gateway.webhook.allowed-targets", LOOPBACK);
        settings.forEach((key, value) -> all.put("gateway.webhook." + key, value));
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(WebhookConfig.class)
                .withSources(new PropertiesConfigSource(all, "test", 100))
                .build()
                .getConfigMapping(WebhookConfig.class);
    }

    public WebhookOutcome send(WebhookEndpoint endpoint) {
        return send(endpoint, message("body"));
    }

    public WebhookOutcome send(WebhookEndpoint endpoint, WebhookMessage message) {
        try (var sender = client.open(endpoint)) {
            return sender.send(message).toCompletableFuture().join();
        }
    }

    public static WebhookMessage message(String body) {
        return new WebhookMessage("id", Map.of("a", "b"), body.getBytes(StandardCharsets.UTF_8));
    }

    public static List<InetAddress> addresses(String... texts) {
        return Arrays.stream(texts).map(TestWebhooks::address).toList();
    }

    static InetAddress address(String text) {
        return IpLiteral.parse(text).orElseThrow();
    }

    public static CompletableFuture<List<InetAddress>> unknown(String name) {
        return CompletableFuture.failedFuture(new UnknownHostException(name));
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        system.close();
    }
}
