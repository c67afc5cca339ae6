package dev.rocketgateway;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import org.jspecify.annotations.Nullable;

/** Starts the gateway. Where it cannot start, it says why on standard error and ends with 1. */
@QuarkusMain
public final class Gateway {

    Gateway() {}

    public static void main(String... arguments) {
        if (isPackaged()) {
            Quarkus.run(null, Gateway::end, arguments);
        } else {
            // Dev mode stops and starts it in the same process, and waits for a change where it cannot start.
            Quarkus.run(arguments);
        }
    }

    /** The packaged service has the class loader of the JVM alone. Quarkus knows the launch mode only once it has started. */
    private static boolean isPackaged() {
        return Gateway.class.getClassLoader() == ClassLoader.getSystemClassLoader();
    }

    private static void end(int status, @Nullable Throwable failure) {
        if (failure != null) {
            StartFailure.report(failure, System.err);
        }
        System.exit(status);
    }
}
