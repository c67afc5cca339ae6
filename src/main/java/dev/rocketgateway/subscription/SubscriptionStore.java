package dev.rocketgateway.subscription;

import java.util.List;

/** Where subscriptions are kept. Thread-safe. */
public interface SubscriptionStore {

    /** What should run now; names and consumer groups are unique in it. */
    List<Subscription> list();
}
