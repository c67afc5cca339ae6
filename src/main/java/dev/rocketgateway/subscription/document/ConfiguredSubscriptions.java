package dev.rocketgateway.subscription.document;

import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.document.SubscriptionsConfig.SubscriptionConfig;
import dev.rocketgateway.subscription.fault.Faults;
import dev.rocketgateway.subscription.fault.InvalidSubscriptionException;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the subscriptions of the configuration. A faulty setting stops the start of the gateway; the error names the setting. */
public final class ConfiguredSubscriptions {

    public static final long FIRST_GENERATION = 1;

    private ConfiguredSubscriptions() {}

    /**
     * The subscriptions, sorted by name.
     *
     * @throws ConfigurationException naming every faulty setting
     */
    public static List<Subscription> read(Map<String, SubscriptionConfig> byName) {
        var subscriptions = new ArrayList<Subscription>();
        var faults = new ArrayList<String>();
        byName.forEach((name, config) -> {
            try {
                subscriptions.add(SubscriptionReader.read(
                        name, config, DocumentSource.CONFIGURATION, FIRST_GENERATION, new Faults()));
            } catch (InvalidSubscriptionException e) {
                e.faults()
                        .forEach(fault -> faults.add("gateway.subscriptions.%s.%s: %s"
                                .formatted(name, SubscriptionConfigs.kebabCase(fault.field()), fault.fault())));
            }
        });
        var owners = new HashMap<ConsumerGroup, String>();
        subscriptions.sort(Comparator.comparing(Subscription::name));
        for (var subscription : subscriptions) {
            var owner = owners.putIfAbsent(subscription.source().consumerGroup(), subscription.name());
            if (owner != null) {
                faults.add(
                        "gateway.subscriptions.%s.source.consumer-group: is also the group of subscription %s; give each subscription its own group"
                                .formatted(subscription.name(), owner));
            }
        }
        if (!faults.isEmpty()) {
            throw new ConfigurationException(String.join("; ", faults));
        }
        return List.copyOf(subscriptions);
    }
}
