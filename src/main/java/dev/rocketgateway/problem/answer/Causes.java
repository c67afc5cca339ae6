package dev.rocketgateway.problem.answer;

import java.util.concurrent.CompletionException;

/** What stages fail with. */
public final class Causes {

    private Causes() {}

    /** What went wrong, without the {@link CompletionException} that a stage wraps it in on its way. */
    public static Throwable of(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }
}
