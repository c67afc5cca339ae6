package dev.rocketgateway;

import dev.rocketgateway.devmode.ManagementPort;
import dev.rocketgateway.rocketmq.client.ConsolidatedFlushes;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import org.jspecify.annotations.Nullable;

/**
 * Starts the gateway, or runs {@link ApiKeyCommand}. If the gateway cannot start, it writes the reason to standard error and exits
 * with status 1.
 */
@QuarkusMain
public final class Gateway {

    Gateway() {}

    public static void main(String... arguments) {
        if (arguments.length > 0 && arguments[0].equals(ApiKeyCommand.NAME)) {
            System.exit(ApiKeyCommand.run(arguments, System.out, System.err));
        }
        ConsolidatedFlushes.enable();
        if (isPackaged()) {
            Quarkus.run(null, Gateway::end, arguments);
        } else {
            // Dev mode stops and starts the gateway in the same process. If a start fails, dev mode waits for a change.
            ManagementPort.choose();
            Quarkus.run(arguments);
        }
    }

    /** The packaged service has only the class loader of the JVM. Quarkus knows the launch mode only after the start. */
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
