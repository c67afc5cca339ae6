/** Signatures of webhooks, as Standard Webhooks specifies. */
@NullMarked
package dev.rocketgateway.webhook.signing;

import org.jspecify.annotations.NullMarked;
