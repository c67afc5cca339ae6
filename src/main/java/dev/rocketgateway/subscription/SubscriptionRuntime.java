package dev.rocketgateway.subscription;

import dev.rocketgateway.subscription.fault.FieldFault;
import java.util.List;

/** The port to the delivery side, which runs subscriptions. Thread-safe. */
public interface SubscriptionRuntime {

    /**
     * Finds faults that the document alone does not show: a URL that the target policy denies, a topic that does not exist, a
     * filter that the broker refuses, or a group in use. Blocks.
     *
     * @param isNew whether no subscription has this name yet
     */
    List<FieldFault> faults(Subscription candidate, boolean isNew);

    /**
     * Sets the start position of a new subscription that starts from LATEST. The subscription then gets every message published
     * after this call returns. On a broker that does not answer, the subscription starts at its creation time instead. Blocks, and
     * never fails.
     */
    void fixStart(Subscription candidate);

    /**
     * Applies a pause or a resumption. Blocks until this replica has applied the change or a time limit has passed; the consumer
     * may then still drain.
     *
     * @param now the subscription after the change
     * @param resumed whether to send to the endpoint immediately, even if messages were held
     */
    void stateSet(Subscription now, boolean resumed);

    /** The status of the subscription on this replica. Does not block. */
    SubscriptionStatus status(String name);

    /**
     * Stops a deleted subscription. Blocks until it has stopped on this replica.
     *
     * @param deleteGroup whether to delete its consumer group too, with all positions
     */
    void removed(Subscription gone, boolean deleteGroup);
}
