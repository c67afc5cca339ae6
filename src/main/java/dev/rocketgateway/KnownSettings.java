package dev.rocketgateway;

import dev.rocketgateway.deliver.DeliverConfig;
import dev.rocketgateway.deliver.lease.LeaseConfig;
import dev.rocketgateway.devmode.DevConfig;
import dev.rocketgateway.look.LookConfig;
import dev.rocketgateway.problem.HttpConfig;
import dev.rocketgateway.problem.answer.Nearest;
import dev.rocketgateway.publish.PublishConfig;
import dev.rocketgateway.rocketmq.RocketMqConfig;
import dev.rocketgateway.security.SecurityConfig;
import dev.rocketgateway.subscription.StoreConfig;
import dev.rocketgateway.subscription.document.SubscriptionsConfig;
import dev.rocketgateway.subscription.file.SubscriptionFilesConfig;
import dev.rocketgateway.tracing.TracingConfig;
import dev.rocketgateway.webhook.WebhookConfig;
import io.smallrye.config.ConfigMappingInterface.Property;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lists the settings of the gateway, which its {@code @ConfigMapping} interfaces declare. */
final class KnownSettings {

    /** All mapping interfaces. A test fails if one is missing here. */
    static final List<Class<?>> MAPPINGS = List.of(
            GatewayConfig.class,
            DeliverConfig.class,
            LeaseConfig.class,
            DevConfig.class,
            HttpConfig.class,
            LookConfig.class,
            PublishConfig.class,
            RocketMqConfig.class,
            SecurityConfig.class,
            StoreConfig.class,
            SubscriptionFilesConfig.class,
            SubscriptionsConfig.class,
            TracingConfig.class,
            WebhookConfig.class);

    private static final String CHOSEN = "*";
    private static final String ANY_INDEX = "[*]";
    private static final Pattern CHOSEN_OR_INDEX = Pattern.compile("\\[\\*]|\\*");
    private static final Pattern SEGMENT = Pattern.compile("\"[^\"]*\"|[^.]+");
    private static final Pattern NOT_IN_VARIABLES = Pattern.compile("[^A-Za-z0-9]");

    private final List<Key> keys;

    /**
     * One setting.
     *
     * @param path name of the setting, with {@code *} for a part that the user chooses and {@code [*]} for an index
     */
    private record Key(String path, Pattern names, Class<?> type) {

        static Key of(String path, Property property) {
            var names = new StringBuilder();
            var parts = CHOSEN_OR_INDEX.matcher(path);
            int end = 0;
            while (parts.find()) {
                names.append(Pattern.quote(path.substring(end, parts.start())))
                        .append(parts.group().equals(ANY_INDEX) ? "\\[\\d+]" : "(?:\"[^\"]+\"|[^.\"]+)");
                end = parts.end();
            }
            return new Key(path, Pattern.compile(names + Pattern.quote(path.substring(end))), typeOf(property));
        }

        boolean isFixed() {
            return !path.contains(CHOSEN);
        }
    }

    private static Class<?> typeOf(Property property) {
        if (property.isOptional()) {
            return typeOf(property.asOptional().getNestedProperty());
        }
        if (property.isCollection()) {
            return typeOf(property.asCollection().getElement());
        }
        if (property.isPrimitive()) {
            return property.asPrimitive().getPrimitiveType();
        }
        return property.isLeaf() ? property.asLeaf().getValueRawType() : Object.class;
    }

    private KnownSettings(List<Key> keys) {
        this.keys = keys;
    }

    static KnownSettings read() {
        var keys = new ArrayList<Key>();
        for (var mapping : MAPPINGS) {
            ConfigMappings.getProperties(ConfigClass.configClass(mapping))
                    .forEach((path, property) -> keys.add(Key.of(path, property)));
        }
        return new KnownSettings(List.copyOf(keys));
    }

    /** Whether a property has the name of a setting. */
    boolean has(String property) {
        return keys.stream().anyMatch(key -> key.names().matcher(property).matches());
    }

    /**
     * The type of the value of a setting (of an element, if the setting is a list); {@code Object} if the property is not a
     * setting.
     */
    Class<?> typeOf(String property) {
        return keys.stream()
                .filter(key -> key.names().matcher(property).matches())
                .findFirst()
                .<Class<?>>map(Key::type)
                .orElse(Object.class);
    }

    /** The names of the settings without a part that the user chooses. */
    List<String> fixed() {
        return keys.stream().filter(Key::isFixed).map(Key::path).toList();
    }

    /** The environment variable that sets a property. */
    static String variable(String property) {
        return NOT_IN_VARIABLES.matcher(property).replaceAll("_").toUpperCase(Locale.ROOT);
    }

    /** The name of the setting that is most similar to the name of the property. */
    String nearest(String property) {
        var segments =
                SEGMENT.matcher(property).results().map(part -> part.group()).toList();
        return nearest(
                property,
                keys.stream().map(key -> chosenAsIn(segments, key.path())).toList());
    }

    /** The environment variable of a setting that is most similar to the given variable. */
    String nearestVariable(String variable) {
        var words = List.of(variable.split("_"));
        var candidates = new ArrayList<String>();
        for (var key : keys) {
            int chosen = List.of(key.path().split("\\.")).indexOf(CHOSEN);
            if (chosen < 0) {
                candidates.add(variable(key.path().replace(CHOSEN, "0")));
            }
            // It is not known how many of the words belong to the name that the user chose, so all numbers are tried.
            for (int end = chosen + 1; chosen >= 0 && end < words.size(); end++) {
                candidates.add(variable(chosenAs(String.join("_", words.subList(chosen, end)), key.path())));
            }
        }
        return nearest(variable, candidates);
    }

    private static String chosenAsIn(List<String> segments, String path) {
        int chosen = List.of(path.split("\\.")).indexOf(CHOSEN);
        return chosenAs(chosen >= 0 && chosen < segments.size() ? segments.get(chosen) : "<name>", path);
    }

    private static String chosenAs(String name, String path) {
        return path.replace(ANY_INDEX, "[0]").replaceFirst("\\*", Matcher.quoteReplacement(name));
    }

    private static String nearest(String text, List<String> candidates) {
        String nearest = "";
        int least = Integer.MAX_VALUE;
        for (var candidate : candidates) {
            int distance = Nearest.distance(text, candidate);
            if (distance < least) {
                nearest = candidate;
                least = distance;
            }
        }
        return nearest;
    }
}
