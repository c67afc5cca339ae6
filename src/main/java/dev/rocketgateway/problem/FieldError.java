package dev.rocketgateway.problem;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * One thing wrong with a request.
 *
 * @param field the parameter, header or property as the caller wrote it
 * @param message what is wrong with its value
 */
@Schema(requiredProperties = {"field", "message"})
public record FieldError(String field, String message) {}
