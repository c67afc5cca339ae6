/**
 * Code that publishing and delivery share: validated values such as {@code TopicName}, files that change, and threads for calls
 * that block. Uses only the JDK.
 */
@NullMarked
package dev.rocketgateway.message;

import org.jspecify.annotations.NullMarked;
