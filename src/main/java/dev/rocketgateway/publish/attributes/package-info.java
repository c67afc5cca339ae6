/**
 * Reads and checks the attributes of a message: its tag, keys, properties, group and schedule, and the attributes of CloudEvents.
 */
@NullMarked
package dev.rocketgateway.publish.attributes;

import org.jspecify.annotations.NullMarked;
