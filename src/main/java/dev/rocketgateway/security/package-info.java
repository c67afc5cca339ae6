/** Who is calling and what this caller may do: principals, permissions on topics, and the audit log. */
@NullMarked
package dev.rocketgateway.security;

import org.jspecify.annotations.NullMarked;
