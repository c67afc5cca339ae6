package dev.rocketgateway.devmode;

/**
 * Chooses a free port for the management interface of dev mode, so that several dev modes can run at the same time, and dev mode
 * starts even if the usual port is in use.
 *
 * <p>The port stays the same across live reloads, because the server keeps running.
 */
public final class ManagementPort {

    private ManagementPort() {}

    /** Chooses the port. Call it before the settings are read, because {@code application.properties} refers to the port. */
    public static void choose() {
        if (KeptOverReloads.MANAGEMENT_PORT.get() == null) {
            KeptOverReloads.MANAGEMENT_PORT.put(String.valueOf(FreePorts.one()));
        }
    }
}
