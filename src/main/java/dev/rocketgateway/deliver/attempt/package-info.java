/** One attempt to deliver a message or a batch, and the verdict that follows from its outcome. */
@NullMarked
package dev.rocketgateway.deliver.attempt;

import org.jspecify.annotations.NullMarked;
