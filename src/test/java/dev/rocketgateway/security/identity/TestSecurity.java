package dev.rocketgateway.security.identity;

import dev.rocketgateway.security.SecurityConfig;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;

/** Reads settings as the gateway does. */
final class TestSecurity {

    private TestSecurity() {}

    static SecurityConfig config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .withMapping(SecurityConfig.class)
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .build()
                .getConfigMapping(SecurityConfig.class);
    }

    static Roles roles(Map<String, String> settings) {
        return new Roles(config(settings).rules());
    }
}
