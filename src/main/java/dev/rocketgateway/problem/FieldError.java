package dev.rocketgateway.problem;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * One fault of a request.
 *
 * @param field the parameter, header or property as the caller wrote it
 * @param message the fault of its value
 */
@Schema(requiredProperties = {"field", "message"})
public record FieldError(String field, String message) {}
