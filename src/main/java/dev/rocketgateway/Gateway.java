package dev.rocketgateway;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import org.jspecify.annotations.Nullable;

/** Starts the gateway. Where it cannot start, it says why on standard error and ends with 1. */
@QuarkusMain
public final class Gateway {

    private Gateway() {}

    public static void main(String... arguments) {
        if (LaunchMode.current() == LaunchMode.NORMAL) {
            Quarkus.run(null, Gateway::end, arguments);
        } else {
            // Dev mode waits for a change that mends it.
            Quarkus.run(arguments);
        }
    }

    private static void end(int status, @Nullable Throwable failure) {
        if (failure != null) {
            StartFailure.report(failure, System.err);
        }
        System.exit(status);
    }
}
