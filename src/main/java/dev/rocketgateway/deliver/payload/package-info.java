/** Bodies and headers of webhooks. */
@NullMarked
package dev.rocketgateway.deliver.payload;

import org.jspecify.annotations.NullMarked;
