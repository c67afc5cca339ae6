/** Holds the documentation to the code. */
@NullMarked
package dev.rocketgateway.docs;

import org.jspecify.annotations.NullMarked;
