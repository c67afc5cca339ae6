/** Development only: a real name server and broker as child processes, and the inbox page. */
@NullMarked
package dev.rocketgateway.devmode;

import org.jspecify.annotations.NullMarked;
