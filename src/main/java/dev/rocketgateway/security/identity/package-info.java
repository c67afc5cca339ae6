/** The ways in: finds out who is calling from API keys, tokens and client certificates. */
@NullMarked
package dev.rocketgateway.security.identity;

import org.jspecify.annotations.NullMarked;
