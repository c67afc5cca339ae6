package dev.rocketgateway;

import io.smallrye.config.SmallRyeConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds unknown settings of the gateway: names in a file, in system properties or in environment variables that look like settings
 * but are not.
 *
 * <pre>
 * name                                          | meaning
 * ----------------------------------------------|--------------------------------------------------------------
 * gateway.…                                     | a setting, or unknown
 * GATEWAY_…                                     | the variable of a setting, or unknown, unless
 * GATEWAY_SERVICE_HOST, GATEWAY_PORT=tcp://…    |   Kubernetes sets it for a Service named gateway or gateway-…
 * GATEWAY_API_KEY                               |   callers use it, and may start a gateway in the same shell
 * GATEWAY_PASSWORD beside …=${GATEWAY_PASSWORD} |   the value of another setting refers to it
 * _PROD_GATEWAY_…                               | as GATEWAY_…, if the profile is active; else ignored
 * </pre>
 */
final class UnknownSettings {

    private static final String PREFIX = "gateway.";
    private static final Pattern VARIABLE =
            Pattern.compile("(?:_+(?<profiles>\\w+?)_+)?(?<name>GATEWAY_\\w+)", Pattern.CASE_INSENSITIVE);

    /** See "Environment variables" in the documentation of Kubernetes' Services. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("GATEWAY(_[A-Z0-9_]+)?(_SERVICE_HOST|_SERVICE_PORT(_[A-Z0-9_]+)?"
                    + "|_PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

    private static final Pattern SERVICE_PORT = Pattern.compile("GATEWAY(_[A-Z0-9_]+)?_PORT");
    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    /** The key that the programs in docs/examples send. */
    private static final String KEY_OF_CALLERS = "GATEWAY_API_KEY";

    private final KnownSettings known = KnownSettings.read();
    private final SmallRyeConfig config;
    private final Set<String> names = new TreeSet<>();
    /** Names of the environment variables that set a known setting. */
    private final Set<String> variables = new HashSet<>();

    /**
     * Environment variables that are set, without their profile. SmallRye Config lists a property for each of these variables, even
     * if the property is unknown.
     */
    private final Set<String> given = new HashSet<>();

    private UnknownSettings(SmallRyeConfig config) {
        this.config = config;
        config.getPropertyNames().forEach(names::add);
        known.fixed().forEach(name -> variables.add(KnownSettings.variable(name)));
        names.stream()
                .map(VARIABLE::matcher)
                .filter(Matcher::matches)
                .forEach(variable -> given.add(inCapitals(variable)));
        // For a variable that contains a chosen name, SmallRye Config also lists a property, if it can parse the
        // variable.
        names.stream()
                .filter(name -> name.startsWith(PREFIX) && known.has(name))
                .forEach(name -> variables.add(KnownSettings.variable(name)));
    }

    /** Returns one sentence for each unknown setting. */
    static List<String> in(SmallRyeConfig config) {
        return new UnknownSettings(config).all();
    }

    private List<String> all() {
        var faults = new ArrayList<String>();
        for (var name : names) {
            if (name.startsWith(PREFIX)) {
                if (!known.has(name) && !given.contains(KnownSettings.variable(name))) {
                    faults.add("Unknown setting `%s`. Did you mean `%s`?".formatted(name, known.nearest(name)));
                }
            } else {
                unknownVariable(name)
                        .map(variable ->
                                name.substring(0, name.length() - variable.length()) + known.nearestVariable(variable))
                        .ifPresent(
                                nearest -> faults.add("Unknown setting in environment variable `%s`. Did you mean `%s`?"
                                        .formatted(name, nearest)));
            }
        }
        return faults;
    }

    /** The variable without its profile, in capitals, if it looks like a setting of the gateway but is unknown. */
    private Optional<String> unknownVariable(String name) {
        var matcher = VARIABLE.matcher(name);
        if (!matcher.matches() || !isActive(matcher.group("profiles"))) {
            return Optional.empty();
        }
        var variable = inCapitals(matcher);
        return variables.contains(variable) || name.equals(KEY_OF_CALLERS) || isServiceLink(name) || isReferredTo(name)
                ? Optional.empty()
                : Optional.of(variable);
    }

    private static String inCapitals(Matcher variable) {
        return variable.group("name").toUpperCase(Locale.ROOT);
    }

    private boolean isActive(@Nullable String profiles) {
        return profiles == null
                || config.getProfiles().stream()
                        .map(KnownSettings::variable)
                        .anyMatch(profile -> Pattern.matches(
                                "(.*_)?" + Pattern.quote(profile) + "(_.*)?", profiles.toUpperCase(Locale.ROOT)));
    }

    private boolean isServiceLink(String name) {
        return SERVICE_LINK.matcher(name).matches()
                || SERVICE_PORT.matcher(name).matches()
                        && SERVICE_ADDRESS.matcher(rawValue(name)).matches();
    }

    private boolean isReferredTo(String name) {
        var reference = Pattern.compile("\\$\\{" + Pattern.quote(name) + "[:}]");
        return names.stream()
                .anyMatch(other -> reference.matcher(rawValue(other)).find());
    }

    private String rawValue(String name) {
        var value = config.getConfigValue(name).getRawValue();
        return value == null ? "" : value;
    }
}
