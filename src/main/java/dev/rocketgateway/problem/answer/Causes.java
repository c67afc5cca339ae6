package dev.rocketgateway.problem.answer;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import java.util.concurrent.CompletionException;

/** Unwraps the failures of stages. */
public final class Causes {

    private Causes() {}

    /** The original exception, without the {@link CompletionException} in which a stage wraps it. */
    public static Throwable of(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    /** The code of the problem that the caller gets for a failure. */
    public static String codeOf(Throwable thrown) {
        return of(thrown) instanceof GatewayException e ? e.type().code() : ProblemType.INTERNAL.code();
    }
}
