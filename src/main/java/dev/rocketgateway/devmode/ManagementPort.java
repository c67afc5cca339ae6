package dev.rocketgateway.devmode;

/**
 * Chooses a free port for the management interface of dev mode, so that several dev modes can run beside each other and dev mode
 * starts when the usual port is in use.
 *
 * <p>The port stays the same across live reloads, because the server does.
 */
public final class ManagementPort {

    private ManagementPort() {}

    /** Before the settings are read; {@code application.properties} refers to the port. */
    public static void choose() {
        if (KeptOverReloads.MANAGEMENT_PORT.get() == null) {
            KeptOverReloads.MANAGEMENT_PORT.put(String.valueOf(FreePorts.one()));
        }
    }
}
