package dev.rocketgateway.subscription;

import dev.rocketgateway.subscription.fault.FieldFault;
import java.util.List;

/** What only the delivering side can tell and do. Thread-safe. */
public interface SubscriptionRuntime {

    /**
     * What keeps the subscription from running that its document does not show: the target policy, a topic that does not exist, a
     * filter the broker does not allow, a group that others use. Blocks.
     *
     * @param isNew whether there is none of this name yet
     */
    List<FieldFault> faults(Subscription candidate, boolean isNew);

    /**
     * Sets where a new subscription from LATEST begins: what is published after this returns is delivered. Where a broker does not
     * answer, the subscription begins there at its creation instead. Blocks, and never fails.
     */
    void fixStart(Subscription candidate);

    /**
     * The subscription was paused or resumed. Blocks until this replica has followed, but not for long: a drain may go on.
     *
     * @param now as it is from now on
     * @param resumed whether its endpoint is to be tried at once, whatever held it
     */
    void stateSet(Subscription now, boolean resumed);

    /** How the subscription does, on this replica. Does not block. */
    SubscriptionStatus status(String name);

    /**
     * The subscription was deleted. Blocks until it has stopped on this replica.
     *
     * @param deleteGroup whether its consumer group, and with it its position, is to go too
     */
    void removed(Subscription gone, boolean deleteGroup);
}
