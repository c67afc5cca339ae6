package dev.rocketgateway.subscription.document;

import dev.rocketgateway.subscription.document.SubscriptionsConfig.SubscriptionConfig;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Builds the settings of one subscription that does not come from the configuration, with the defaults of {@link
 * SubscriptionsConfig}.
 */
final class SubscriptionConfigs {

    static final String PREFIX = "gateway.subscriptions";

    private static final Pattern CAPITAL = Pattern.compile("[A-Z]");
    private static final String ANY_NAME = "any";

    private SubscriptionConfigs() {}

    /**
     * Builds the settings from strings. An expression ({@code ${…}}) in a string is not expanded, because the string comes from a
     * caller.
     *
     * @param settings values by key, such as {@code source.topic}
     */
    static SubscriptionConfig of(Map<String, String> settings) {
        var named = new HashMap<String, String>();
        settings.forEach((key, value) -> named.put(PREFIX + "." + ANY_NAME + "." + key, value));
        if (named.isEmpty()) {
            // A name without any setting would be absent.
            named.put(PREFIX + "." + ANY_NAME + ".description", "");
        }
        var config = new SmallRyeConfigBuilder()
                .withMapping(SubscriptionsConfig.class)
                .withSources(new PropertiesConfigSource(named, "subscription", 100))
                .build();
        return Objects.requireNonNull(
                config.getConfigMapping(SubscriptionsConfig.class).byName().get(ANY_NAME));
    }

    /** Converts the name of a JSON field to its name in the configuration: kebab case instead of camel case. */
    static String kebabCase(String field) {
        return CAPITAL.matcher(field)
                .replaceAll(
                        capital -> "-" + Character.toLowerCase(capital.group().charAt(0)));
    }
}
