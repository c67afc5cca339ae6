/** Strict reading of JSON and UTF-8. */
@NullMarked
package dev.rocketgateway.problem.json;

import org.jspecify.annotations.NullMarked;
