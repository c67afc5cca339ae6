package dev.rocketgateway.subscription;

import java.util.List;

/** Where subscriptions are kept. Thread-safe. */
public interface SubscriptionStore {

    /**
     * What there is, of both origins, as last known, in the order of the names; names and consumer groups are unique in it. Never
     * waits for the database and never fails.
     */
    List<Subscription> list();

    /** The listener is told after each change of {@link #list}, by whoever made it: it must be quick and not throw. */
    void onChange(Runnable listener);

    /**
     * Pauses the subscription: at once in {@link #list}, and in the database as soon as that can be written. Does nothing if it is
     * paused or gone, and gives way to whoever changes the subscription before it is written.
     *
     * @param reason one word or a sentence, for people
     */
    void pause(String name, String reason);
}
