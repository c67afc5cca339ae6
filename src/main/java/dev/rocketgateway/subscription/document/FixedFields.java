package dev.rocketgateway.subscription.document;

import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.fault.Faults;

/** The fields that a subscription keeps as long as it exists. Its consumer group has positions and messages that belong to them. */
public final class FixedFields {

    public static final String CANNOT_CHANGE = "cannot be changed; create another subscription";

    private FixedFields() {}

    /** Adds a fault for each of these fields that differs. */
    public static void check(Subscription before, Subscription after, Faults faults) {
        var old = before.source();
        var next = after.source();
        faults.require(next.topic().equals(old.topic()), "source.topic", CANNOT_CHANGE)
                .require(next.consumerGroup().equals(old.consumerGroup()), "source.consumerGroup", CANNOT_CHANGE)
                .require(next.mode() == old.mode(), "source.mode", CANNOT_CHANGE)
                .require(
                        after.pull().isPresent() == before.pull().isPresent(),
                        before.pull().isPresent() ? "pull" : "endpoint",
                        "cannot be replaced by %s; create another subscription with another consumer group"
                                .formatted(before.pull().isPresent() ? "endpoint" : "pull"))
                .require(next.startFrom().equals(old.startFrom()), "source.startFrom", CANNOT_CHANGE);
    }
}
