package dev.rocketgateway.devmode;

import org.jspecify.annotations.Nullable;

/**
 * Values that dev mode keeps across a live reload, which replaces all classes of the gateway but keeps the JVM.
 *
 * <p>The values are system properties. Their names must not begin with {@code gateway.}: Quarkus reads system properties as
 * settings, and no setting has these names.
 */
enum KeptOverReloads {
    NAME_SERVER("rocketgateway-dev.name-server"),
    MANAGEMENT_PORT("rocketgateway-dev.management-port"),
    BROKER_PID("rocketgateway-dev.broker-pid"),
    WATCHES_BUILD_TOOL("rocketgateway-dev.watches-build-tool");

    private final String property;

    KeptOverReloads(String property) {
        this.property = property;
    }

    String property() {
        return property;
    }

    /** The kept value, or null. */
    @Nullable
    String get() {
        return System.getProperty(property);
    }

    /** Keeps the value. Returns the value that was kept before, or null. */
    @Nullable
    String put(String value) {
        return System.setProperty(property, value);
    }
}
