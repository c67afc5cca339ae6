/** Subscriptions in a directory of files, which the gateway watches. */
@NullMarked
package dev.rocketgateway.subscription.file;

import org.jspecify.annotations.NullMarked;
