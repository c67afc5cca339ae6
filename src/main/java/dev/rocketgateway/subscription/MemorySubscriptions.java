package dev.rocketgateway.subscription;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The subscriptions of the configuration, and which of them are paused until the next start. */
@ApplicationScoped
class MemorySubscriptions implements SubscriptionStore {

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile List<Subscription> subscriptions;

    MemorySubscriptions(SubscriptionsConfig config) {
        this.subscriptions = ConfiguredSubscriptions.read(config.byName());
    }

    @Override
    public List<Subscription> list() {
        return subscriptions;
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public synchronized void pause(String name, String reason) {
        subscriptions = subscriptions.stream()
                .map(subscription -> subscription.name().equals(name)
                                && subscription.state() == Subscription.State.ACTIVE
                        ? subscription.in(Subscription.State.PAUSED, Optional.of(reason), subscription.generation() + 1)
                        : subscription)
                .toList();
        listeners.forEach(Runnable::run);
    }
}
