/** Authentication: finds the caller of a request by its API key, token or client certificate. */
@NullMarked
package dev.rocketgateway.security.identity;

import org.jspecify.annotations.NullMarked;
