package dev.rocketgateway.tracing;

import java.util.Optional;

/** Names the operation of a request: a port that {@code problem.answer} implements. Thread-safe. */
public interface RouteNames {

    /** The path of the operation with the names of its parameters, such as <code>/topics/{topic}</code>; empty if there is none. */
    Optional<String> route(String method, String path);
}
