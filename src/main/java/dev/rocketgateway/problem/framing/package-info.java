/** Refuses requests whose end, host or target is ambiguous, before anything reads them. */
@NullMarked
package dev.rocketgateway.problem.framing;

import org.jspecify.annotations.NullMarked;
