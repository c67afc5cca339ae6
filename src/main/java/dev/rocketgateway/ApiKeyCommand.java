package dev.rocketgateway;

import dev.rocketgateway.security.identity.ApiKey;
import java.io.PrintStream;
import java.util.regex.Pattern;

/**
 * Command that creates an API key: {@code java -jar quarkus-run.jar api-key <name>} prints the key and the settings for it, and
 * does not start the gateway. The key is not stored anywhere.
 */
final class ApiKeyCommand {

    static final String NAME = "api-key";

    private static final Pattern CALLER = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private ApiKeyCommand() {}

    /**
     * Runs the command.
     *
     * @param arguments arguments of the process; the first is {@link #NAME}
     * @return the exit status
     */
    static int run(String[] arguments, PrintStream out, PrintStream err) {
        if (arguments.length != 2 || !CALLER.matcher(arguments[1]).matches()) {
            err.println("Usage: java -jar quarkus-run.jar api-key <name>");
            err.println("The name of a caller can have letters, digits, '_' and '-' only, such as order-service.");
            return 2;
        }
        var key = ApiKey.generate();
        out.printf("""
                The API key of %1$s. Nobody can show it again; give it to the caller:

                  %2$s

                Settings of the gateway; change the role, and the topics in its rules:

                  gateway.security.api-keys.%1$s.sha256=%3$s
                  gateway.security.api-keys.%1$s.roles=%1$s
                  gateway.security.rules.%1$s.publish=demo

                Then try it:

                  curl -H 'Authorization: Bearer %2$s' -d hello localhost:8080/topics/demo/messages
                """, arguments[1], key, ApiKey.sha256(key));
        return 0;
    }
}
