/** The gateway's credentials for endpoints. */
@NullMarked
package dev.rocketgateway.webhook.credentials;

import org.jspecify.annotations.NullMarked;
