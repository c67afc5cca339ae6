package dev.rocketgateway.subscription;

import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.subscription.SubscriptionsConfig.SubscriptionConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** The subscriptions of the configuration, read once; what is wrong with them stops the start and is named. */
@ApplicationScoped
class ConfiguredSubscriptions implements SubscriptionStore {

    private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

    private final List<Subscription> subscriptions;

    ConfiguredSubscriptions(SubscriptionsConfig config) {
        this.subscriptions = read(config.byName());
    }

    @Override
    public List<Subscription> list() {
        return subscriptions;
    }

    /**
     * @throws ConfigurationException naming every key that is wrong
     */
    static List<Subscription> read(Map<String, SubscriptionConfig> byName) {
        var subscriptions = new ArrayList<Subscription>();
        var faults = new ArrayList<String>();
        byName.forEach((name, config) -> {
            try {
                subscriptions.add(read(name, config));
            } catch (InvalidSubscriptionException e) {
                faults.add("gateway.subscriptions.%s.%s: %s".formatted(name, kebabCase(e.field()), e.fault()));
            }
        });
        var owners = new HashMap<ConsumerGroup, String>();
        subscriptions.sort(Comparator.comparing(Subscription::name));
        for (var subscription : subscriptions) {
            var owner = owners.putIfAbsent(subscription.source().consumerGroup(), subscription.name());
            if (owner != null) {
                faults.add("gateway.subscriptions.%s.source.consumer-group: is that of subscription %s too"
                        .formatted(subscription.name(), owner));
            }
        }
        if (!faults.isEmpty()) {
            throw new ConfigurationException(String.join("; ", faults));
        }
        return List.copyOf(subscriptions);
    }

    private static Subscription read(String name, SubscriptionConfig config) {
        Subscription.requireLegal(name);
        var source = config.source();
        return new Subscription(
                name,
                new Subscription.Source(
                        field("source.topic", () -> new TopicName(source.topic())),
                        field("source.consumerGroup", () -> source.consumerGroup()
                                .map(ConsumerGroup::new)
                                .orElseGet(() -> Subscription.defaultGroup(name))),
                        new Subscription.Filter(
                                source.filter().type(), source.filter().expression()),
                        new Subscription.StartFrom(
                                source.startFrom().position(),
                                source.startFrom().timestamp())),
                new Subscription.Endpoint(
                        config.endpoint().url(), config.endpoint().timeout()),
                new Subscription.Delivery(config.delivery().maxInFlight()),
                new Subscription.Retry(config.retry().maxAttempts()));
    }

    private static <T> T field(String field, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new InvalidSubscriptionException(field, String.valueOf(e.getMessage()));
        }
    }

    static String kebabCase(String field) {
        return CAPITAL.matcher(field)
                .replaceAll(
                        capital -> "-" + Character.toLowerCase(capital.group().charAt(0)));
    }
}
