/** Signatures of webhooks, by Standard Webhooks. */
@NullMarked
package dev.rocketgateway.webhook.signing;

import org.jspecify.annotations.NullMarked;
