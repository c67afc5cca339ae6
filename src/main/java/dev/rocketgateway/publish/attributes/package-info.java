/** Attributes of a message: its tag, keys, properties, group and time, and the CloudEvents forms of them. */
@NullMarked
package dev.rocketgateway.publish.attributes;

import org.jspecify.annotations.NullMarked;
