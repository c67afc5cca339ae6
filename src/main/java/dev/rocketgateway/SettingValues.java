package dev.rocketgateway;

import io.smallrye.config.SmallRyeConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds values that SmallRye Config takes and nobody means: a boolean that is no word for true or false, which it takes for false, and
 * a duration below zero.
 */
final class SettingValues {

    private static final Set<String> BOOLEANS = Set.of("true", "yes", "y", "on", "1", "false", "no", "n", "off", "0");

    private SettingValues() {}

    /** A sentence for each. */
    static List<String> faultsIn(SmallRyeConfig config) {
        var known = KnownSettings.read();
        var names = new TreeSet<String>();
        config.getPropertyNames().forEach(names::add);
        var faults = new ArrayList<String>();
        for (var name : names) {
            var type = known.typeOf(name);
            var value = config.getConfigValue(name).getValue();
            if (value != null && !value.isBlank()) {
                fault(type, value)
                        .ifPresent(fault -> faults.add("`%s` cannot be `%s`: %s.".formatted(name, value, fault)));
            }
        }
        return faults;
    }

    private static Optional<String> fault(Class<?> type, String value) {
        if (type == boolean.class || type == Boolean.class) {
            return BOOLEANS.contains(value.strip().toLowerCase(Locale.ROOT))
                    ? Optional.empty()
                    : Optional.of("write true or false");
        }
        return type == Duration.class && value.contains("-")
                ? Optional.of("a duration is not below zero")
                : Optional.empty();
    }
}
