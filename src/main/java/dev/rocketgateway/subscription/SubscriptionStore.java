package dev.rocketgateway.subscription;

import dev.rocketgateway.problem.GatewayException;
import java.util.List;

/** Lists and pauses subscriptions: the port that {@code store} implements. Thread-safe. */
public interface SubscriptionStore {

    /**
     * The last known subscriptions, of the configuration and of the API, sorted by name. Names and consumer groups are unique.
     * Never waits for the database and never fails.
     */
    List<Subscription> list();

    /**
     * The subscription with this name.
     *
     * @throws GatewayException {@code subscription-not-found}, or {@code store-unavailable} if the subscription may exist but was not
     *     read yet
     */
    Subscription require(String name);

    /**
     * Registers a listener for changes of {@link #list}. It runs on the thread of the change, so it must be quick and must not
     * throw.
     */
    void onChange(Runnable listener);

    /**
     * Pauses the subscription: immediately in {@link #list}, and in the database as soon as possible. Does nothing if the
     * subscription is paused or deleted. If somebody changes the subscription before the database has the pause, the change takes
     * precedence.
     *
     * @param reason a word or a sentence for operators
     */
    void pause(String name, String reason);
}
