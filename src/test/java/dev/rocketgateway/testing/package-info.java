/** What tests share: a real broker, the packaged gateway, and an endpoint. */
@NullMarked
package dev.rocketgateway.testing;

import org.jspecify.annotations.NullMarked;
