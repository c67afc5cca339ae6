/** The error contract of the HTTP API: every way to fail, as problem documents (RFC 9457) and as pages. */
@NullMarked
package dev.rocketgateway.problem;

import org.jspecify.annotations.NullMarked;
