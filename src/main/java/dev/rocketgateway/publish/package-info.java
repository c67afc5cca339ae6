/** Publishes messages over HTTP: a request sends one message or many messages to the broker. */
@NullMarked
package dev.rocketgateway.publish;

import org.jspecify.annotations.NullMarked;
