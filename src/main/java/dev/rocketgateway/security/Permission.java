package dev.rocketgateway.security;

import java.util.Locale;

/** What a caller can be allowed to do with a topic. */
public enum Permission {
    /** Publish to the topic, in every mode and form. */
    PUBLISH,
    /** Receive the messages of a subscription to the topic, over HTTP. */
    RECEIVE,
    /** Create, change, operate and delete subscriptions to the topic. */
    SUBSCRIBE,
    /** Read messages of the topic with their bodies, such as dead letters. */
    READ,
    /** Everything, on every topic. */
    ADMIN;

    /** The name of the permission in settings and errors. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
