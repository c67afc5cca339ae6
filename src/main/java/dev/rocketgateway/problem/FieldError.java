package dev.rocketgateway.problem;

/**
 * One thing wrong with a request.
 *
 * @param field the parameter, header or property as the caller wrote it
 * @param message what is wrong with its value
 */
public record FieldError(String field, String message) {}
