/** Figures, as ratios in one run; nothing here runs unless it is asked for. */
@NullMarked
package dev.rocketgateway.bench;

import org.jspecify.annotations.NullMarked;
