/** What both directions share, with nothing but the JDK: terms as validated values, files
 * that change, and threads for calls that block. */
@NullMarked
package dev.rocketgateway.message;

import org.jspecify.annotations.NullMarked;
