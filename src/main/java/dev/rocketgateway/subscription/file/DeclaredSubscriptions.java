package dev.rocketgateway.subscription.file;

import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.document.ConfiguredSubscriptions;
import dev.rocketgateway.subscription.document.SubscriptionsConfig;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The subscriptions that the operator declares: those of the settings, and those of files. Thread-safe. */
@Singleton
public class DeclaredSubscriptions {

    private final List<Subscription> settings;
    private final SubscriptionFiles files;

    /** Reads both; a fault in the settings stops the start. */
    public DeclaredSubscriptions(SubscriptionsConfig config, SubscriptionFiles files) {
        this.settings = ConfiguredSubscriptions.read(config.byName());
        this.files = files;
        files.start(this::isInSettings);
    }

    private boolean isInSettings(Subscription subscription) {
        return settings.stream()
                .anyMatch(known -> known.name().equals(subscription.name())
                        || known.source()
                                .consumerGroup()
                                .equals(subscription.source().consumerGroup()));
    }

    /** All of them, sorted by name. Names and groups are unique. */
    public List<Subscription> all() {
        var ofFiles = files.subscriptions();
        if (ofFiles.isEmpty()) {
            return settings;
        }
        var all = new ArrayList<>(settings);
        all.addAll(ofFiles);
        all.sort(Comparator.comparing(Subscription::name));
        return List.copyOf(all);
    }

    public Optional<Subscription> find(String name) {
        return all().stream().filter(known -> known.name().equals(name)).findFirst();
    }

    /** Registers a listener for changes of files. It may block. */
    public void onChange(Runnable listener) {
        files.onChange(listener);
    }
}
