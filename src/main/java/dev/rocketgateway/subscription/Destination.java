package dev.rocketgateway.subscription;

/** Where the messages of a subscription go: to an endpoint that the gateway calls, or to workers that call the gateway. */
public sealed interface Destination permits Endpoint, Pull {}
