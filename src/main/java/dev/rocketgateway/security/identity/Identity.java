package dev.rocketgateway.security.identity;

import dev.rocketgateway.security.Grants;
import dev.rocketgateway.security.Principal;

/** The caller that credentials belong to, and what this caller may do. */
record Identity(Principal principal, Grants grants) {}
