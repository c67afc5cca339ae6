/** Finds stored messages by id or key, and their state in each subscription. */
@NullMarked
package dev.rocketgateway.look.message;

import org.jspecify.annotations.NullMarked;
