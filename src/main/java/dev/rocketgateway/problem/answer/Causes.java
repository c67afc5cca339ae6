package dev.rocketgateway.problem.answer;

import java.util.concurrent.CompletionException;

/** Unwraps the failures of stages. */
public final class Causes {

    private Causes() {}

    /** The original exception, without the {@link CompletionException} in which a stage wraps it. */
    public static Throwable of(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }
}
