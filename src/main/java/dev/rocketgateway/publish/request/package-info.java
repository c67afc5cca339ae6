/** HTTP in and out: bodies, query parameters and answers. */
@NullMarked
package dev.rocketgateway.publish.request;

import org.jspecify.annotations.NullMarked;
