package dev.rocketgateway.subscription;

import dev.rocketgateway.subscription.fault.Bounds;
import dev.rocketgateway.subscription.fault.Faults;

/** The maximum number and size of the messages in one webhook. */
public record BatchPolicy(int maxMessages, int maxBytes) {

    public static final Bounds<Integer> MAX_MESSAGES = new Bounds<>("batch.maxMessages", 1, 32);
    public static final Bounds<Integer> MAX_BYTES = new Bounds<>("batch.maxBytes", 1024, 4 * 1024 * 1024);

    public BatchPolicy {
        new Faults().check(MAX_MESSAGES, maxMessages).check(MAX_BYTES, maxBytes).throwIfAny();
    }
}
