package dev.rocketgateway;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.SmallRyeConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds values that SmallRye Config accepts although they are obviously wrong.
 *
 * <pre>
 * type                     | is refused
 * -------------------------|-------------------------------------------------------------------------
 * boolean                  | anything but a word for true or false; SmallRye would read false
 * number, duration or size | below zero; zero too, except for the few settings where it has a meaning
 * port of the server       | above 65535
 * </pre>
 * Settings of subscriptions are not checked here: the reader of subscriptions finds their faults.
 */
final class SettingValues {

    private static final Set<String> BOOLEANS = Set.of("true", "yes", "y", "on", "1", "false", "no", "n", "off", "0");

    static final Set<String> MAY_BE_ZERO = Set.of(
            "gateway.receive.max-waiters",
            "gateway.shutdown-timeout",
            "gateway.deliver.clock-tolerance",
            "gateway.deliver.action-wait",
            "gateway.http.linger",
            "gateway.publish.max-delay",
            "gateway.publish.coalescing.max-wait",
            "gateway.publish.coalescing.threshold",
            "gateway.rocketmq.missing-route-ttl",
            "gateway.rocketmq.retries.sync",
            "gateway.rocketmq.retries.async",
            "gateway.store.rotation-overlap",
            "gateway.store.attempts.successes",
            "gateway.store.attempts.failures",
            "gateway.webhook.dns-refresh",
            "gateway.webhook.token-margin");

    private static final String OF_SUBSCRIPTIONS = "gateway.subscriptions.";
    private static final Set<String> PORTS = Set.of("quarkus.http.port", "quarkus.management.port");
    private static final int LAST_PORT = 65535;

    private final SmallRyeConfig config;
    private final KnownSettings known = KnownSettings.read();

    private SettingValues(SmallRyeConfig config) {
        this.config = config;
    }

    /** Returns one sentence for each wrong value. */
    static List<String> faultsIn(SmallRyeConfig config) {
        return new SettingValues(config).faults();
    }

    private List<String> faults() {
        var names = new TreeSet<String>();
        config.getPropertyNames().forEach(names::add);
        names.removeIf(name -> name.startsWith(OF_SUBSCRIPTIONS));
        var faults = new ArrayList<String>();
        for (var name : names) {
            var value = config.getConfigValue(name).getValue();
            if (value != null && !value.isBlank()) {
                fault(name, value)
                        .ifPresent(fault -> faults.add("`%s` cannot be `%s`: %s.".formatted(name, value, fault)));
            }
        }
        return faults;
    }

    private Optional<String> fault(String name, String value) {
        if (PORTS.contains(name)) {
            return config.getValue(name, Integer.class) > LAST_PORT
                    ? Optional.of("write a port from 0 to " + LAST_PORT)
                    : Optional.empty();
        }
        var type = known.typeOf(name);
        if (type == boolean.class || type == Boolean.class) {
            return BOOLEANS.contains(value.strip().toLowerCase(Locale.ROOT))
                    ? Optional.empty()
                    : Optional.of("write true or false");
        }
        int sign = sign(name, type);
        if (sign < 0) {
            return Optional.of("it must be zero or more");
        }
        return sign == 0 && !MAY_BE_ZERO.contains(name)
                ? Optional.of("it must be greater than zero")
                : Optional.empty();
    }

    private int sign(String name, Class<?> type) {
        if (type == Duration.class) {
            var duration = config.getValue(name, Duration.class);
            return duration.isNegative() ? -1 : duration.isZero() ? 0 : 1;
        }
        if (type == MemorySize.class) {
            return config.getValue(name, MemorySize.class).asBigInteger().signum();
        }
        return type == int.class ? Integer.signum(config.getValue(name, Integer.class)) : 1;
    }
}
