/** Reads the bodies and query parameters of publish requests, and writes the responses. */
@NullMarked
package dev.rocketgateway.publish.request;

import org.jspecify.annotations.NullMarked;
