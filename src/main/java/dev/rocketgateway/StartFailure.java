package dev.rocketgateway;

import io.quarkus.runtime.QuarkusBindException;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.io.PrintStream;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Reports why the gateway did not start: one line for each fault that the operator can fix, and the stack trace of any other
 * failure.
 *
 * <pre>
 * fault                                | the line contains
 * -------------------------------------|--------------------------------------------
 * a value that its setting cannot have | setting, value, and how to write it
 * a setting that is empty              | setting
 * a setting that is needed and not set | setting
 * a ConfigurationException             | its message, which is written for operators
 * an address in use or of another host | address, and its setting (HTTP or management)
 * </pre>
 */
final class StartFailure {

    private static final String CODE = "SRCFG\\d{5}: ";
    private static final Pattern CODES = Pattern.compile("(?:[a-z]\\w*\\.)+\\w+(?:Exception|Error): |" + CODE);

    private static final Pattern VALUE = Pattern.compile(
            "The config property (?<name>\\S+) with the config value \"(?<value>.*)\" threw an Exception whilst being"
                    + " converted (?<reason>.*)",
            Pattern.DOTALL);
    private static final Pattern EMPTY =
            Pattern.compile("The config property (?<name>\\S+) is defined as the empty String.*", Pattern.DOTALL);
    private static final Pattern MISSING =
            Pattern.compile("The config property (?<name>\\S+) is required but .*", Pattern.DOTALL);

    private static final Pattern CHOICES = Pattern.compile("Cannot convert .* allowed values: (?<allowed>.*)");

    private static final Pattern MANAGEMENT =
            Pattern.compile("Unable to start the management interface on (?<host>.*):(?<port>\\d+)");

    private static final Logger LOG = Logger.getLogger(StartFailure.class);

    private StartFailure() {}

    /** Writes the lines to {@code out}. If there are no lines, logs the failure with its stack trace. */
    static void report(Throwable failure, PrintStream out) {
        var lines = lines(failure);
        if (lines.isEmpty()) {
            LOG.error("the gateway cannot start", failure);
        }
        lines.forEach(out::println);
    }

    /** One line for each fault; empty if the operator cannot fix the failure. */
    static List<String> lines(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigValidationException invalid) {
                return lines(invalid);
            }
            if (cause instanceof ConfigurationException fault && fault.getMessage() != null) {
                return List.of(fault.getMessage());
            }
            if (cause instanceof QuarkusBindException taken) {
                return List.of(ofAddress(taken.getHost(), taken.getPort(), "quarkus.http"));
            }
            if (cause.getCause() instanceof BindException) {
                var address = MANAGEMENT.matcher(String.valueOf(cause.getMessage()));
                if (address.matches()) {
                    return List.of(ofAddress(
                            address.group("host"), Integer.parseInt(address.group("port")), "quarkus.management"));
                }
            }
        }
        return List.of();
    }

    private static List<String> lines(ConfigValidationException invalid) {
        var lines = new ArrayList<String>();
        for (int i = 0; i < invalid.getProblemCount(); i++) {
            var line = plain(invalid.getProblem(i).getMessage());
            if (!lines.contains(line)) {
                lines.add(line);
            }
        }
        return lines;
    }

    /** Translates a message of SmallRye Config into the operator's terms. */
    static String plain(String fault) {
        var text = CODES.matcher(fault).replaceAll("");
        var value = VALUE.matcher(text);
        if (value.matches()) {
            return "`%s` cannot be `%s`: %s."
                    .formatted(value.group("name"), value.group("value"), reason(value.group("reason")));
        }
        var empty = EMPTY.matcher(text);
        if (empty.matches()) {
            return "`%s` is empty. Give it a value, or do not set it.".formatted(empty.group("name"));
        }
        var missing = MISSING.matcher(text);
        return missing.matches() ? "`%s` must be set.".formatted(missing.group("name")) : text;
    }

    private static String reason(String reason) {
        var choices = CHOICES.matcher(reason);
        if (choices.matches()) {
            return "write one of " + choices.group("allowed");
        }
        if (reason.contains("regular expression")) {
            return "write a size such as 65536, 512K or 4M";
        }
        if (reason.contains("duration")) {
            return "write a duration such as 500ms, 10s, 5m or 1d";
        }
        if (reason.startsWith("Expected a")) {
            return "write " + reason.substring("Expected ".length()).replaceFirst(" value,.*", "");
        }
        return reason;
    }

    private static String ofAddress(String host, int port, String settings) {
        return QuarkusBindException.isKnownHost(host)
                ? "Port %d is in use by another process. Set `%s.port` to a free port.".formatted(port, settings)
                : ("The gateway cannot listen at %s, port %d: this host does not have the address, or the port is in use."
                                + " Correct `%3$s.host` or `%3$s.port`.")
                        .formatted(host, port, settings);
    }
}
