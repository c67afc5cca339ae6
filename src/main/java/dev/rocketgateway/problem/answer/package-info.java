/** Sends problem documents, and suggests the nearest path, method or action. */
@NullMarked
package dev.rocketgateway.problem.answer;

import org.jspecify.annotations.NullMarked;
