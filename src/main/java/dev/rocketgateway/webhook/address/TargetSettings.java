package dev.rocketgateway.webhook.address;

import org.eclipse.microprofile.config.spi.Converter;

/**
 * Converts the settings of the target policy. An invalid setting gets the error text of {@link AllowedTarget} or {@link PortRange}.
 */
public final class TargetSettings {

    private TargetSettings() {}

    /** Converts by {@link AllowedTarget#of}. */
    public static final class AllowedTargets implements Converter<AllowedTarget> {

        @Override
        public AllowedTarget convert(String value) {
            return AllowedTarget.of(value);
        }
    }

    /** Converts by {@link PortRange#of}. */
    public static final class PortRanges implements Converter<PortRange> {

        @Override
        public PortRange convert(String value) {
            return PortRange.of(value.strip());
        }
    }
}
