/** Checks of queries, headers and paths that every request passes. */
@NullMarked
package dev.rocketgateway.problem.check;

import org.jspecify.annotations.NullMarked;
