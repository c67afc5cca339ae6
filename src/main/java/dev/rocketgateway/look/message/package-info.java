/** Finds stored messages by id or key, and says what became of them. */
@NullMarked
package dev.rocketgateway.look.message;

import org.jspecify.annotations.NullMarked;
