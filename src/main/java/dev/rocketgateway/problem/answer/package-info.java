/** Answers with problem documents, and names the nearest path, method or action. */
@NullMarked
package dev.rocketgateway.problem.answer;

import org.jspecify.annotations.NullMarked;
