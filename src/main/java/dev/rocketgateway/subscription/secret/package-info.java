/** Secrets of subscriptions: in files, or encrypted (sealed) in the store and decrypted when they are used. */
@NullMarked
package dev.rocketgateway.subscription.secret;

import org.jspecify.annotations.NullMarked;
