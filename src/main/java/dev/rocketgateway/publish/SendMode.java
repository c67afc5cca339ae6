package dev.rocketgateway.publish;

import dev.rocketgateway.problem.FieldError;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import java.util.List;
import java.util.Locale;

/**
 * The mode of a publish request: how long the caller waits, and what the response promises.
 *
 * <pre>
 * mode   | answered when           | promise
 * -------|-------------------------|-----------------------------------------------------------
 * SYNC   | the broker has answered | stored; the client tries another broker before it gives up
 * ASYNC  | the broker has answered | stored; no thread waits for the broker
 * ONEWAY | handed to the network   | none: the message may be lost without notice
 * </pre>
 */
public enum SendMode {
    SYNC,
    ASYNC,
    ONEWAY;

    /**
     * Parses the parameter {@code mode}.
     *
     * @param given the values of the query parameter; an empty list means {@link #SYNC}
     * @param allowed the allowed modes, in words
     * @throws GatewayException {@code unknown-mode}
     */
    public static SendMode parse(List<String> given, String allowed) {
        return switch (given.isEmpty() ? "sync" : String.join(",", given)) {
            case "sync" -> SYNC;
            case "async" -> ASYNC;
            case "oneway" -> ONEWAY;
            default ->
                throw GatewayException.invalid(
                        ProblemType.UNKNOWN_MODE,
                        List.of(new FieldError(
                                "mode", "is '%s'; it must be %s".formatted(String.join(",", given), allowed))));
        };
    }

    /**
     * The HTTP status of the response for an accepted message, that is, a stored message or, for ONEWAY, one handed to the network.
     */
    public int status() {
        return switch (this) {
            case SYNC -> 200;
            case ASYNC -> 202;
            case ONEWAY -> 204;
        };
    }

    /** The name in requests and metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
