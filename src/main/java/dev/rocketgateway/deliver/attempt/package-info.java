/** One try to deliver, of one message or of a batch, and what follows from its outcome. */
@NullMarked
package dev.rocketgateway.deliver.attempt;

import org.jspecify.annotations.NullMarked;
