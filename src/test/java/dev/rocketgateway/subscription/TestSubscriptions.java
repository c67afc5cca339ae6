package dev.rocketgateway.subscription;

import dev.rocketgateway.subscription.document.ConfiguredSubscriptions;
import dev.rocketgateway.subscription.document.SubscriptionsConfig;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Subscriptions for tests, made as those of the configuration are. */
public final class TestSubscriptions {

    private TestSubscriptions() {}

    /**
     * Topic {@code orders}, a URL, and what is given.
     *
     * @param settings keys below the name, such as {@code retry.max-attempts}, and values in turn
     */
    public static Subscription subscription(String name, String... settings) {
        var all = least(name);
        for (int i = 0; i < settings.length; i += 2) {
            all.put("gateway.subscriptions." + name + "." + settings[i], settings[i + 1]);
        }
        return read(all).get(0);
    }

    /** Topic {@code orders}, workers that pull, and what is given as for {@link #subscription}. */
    public static Subscription pull(String name, String... settings) {
        var all = least(name);
        var prefix = "gateway.subscriptions." + name + ".";
        all.remove(prefix + "endpoint.url");
        all.put(prefix + "pull.visibility", "30s");
        for (int i = 0; i < settings.length; i += 2) {
            all.put(prefix + settings[i], settings[i + 1]);
        }
        return read(all).get(0);
    }

    /** The subscription with a newer generation, as after a resumption at that time. */
    public static Subscription resumed(Subscription before, String time) {
        return before.in(
                Subscription.State.ACTIVE, Optional.of(Subscription.RESUMED + " " + time), before.generation() + 1);
    }

    /** The subscription with a newer generation, as after any other change. */
    public static Subscription changed(Subscription before) {
        return before.in(before.state(), before.stateReason(), before.generation() + 1);
    }

    /** The same subscription with another origin; those that this class reads are of the configuration. */
    public static Subscription withOrigin(Subscription given, Subscription.Origin origin) {
        return new Subscription(
                given.name(),
                given.description(),
                origin,
                given.state(),
                given.stateReason(),
                given.generation(),
                given.createdAt(),
                given.source(),
                given.destination(),
                given.payload(),
                given.batch(),
                given.delivery(),
                given.retry(),
                given.responses(),
                given.deadLetter(),
                given.circuitBreaker());
    }

    /** The least that a subscription needs. */
    public static Map<String, String> least(String name) {
        var settings = new HashMap<String, String>();
        settings.put("gateway.subscriptions." + name + ".source.topic", "orders");
        settings.put("gateway.subscriptions." + name + ".endpoint.url", "http://billing/hook");
        return settings;
    }

    public static List<Subscription> read(Map<String, String> settings) {
        return ConfiguredSubscriptions.read(config(settings).byName());
    }

    public static SubscriptionsConfig config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(SubscriptionsConfig.class)
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .build()
                .getConfigMapping(SubscriptionsConfig.class);
    }
}
