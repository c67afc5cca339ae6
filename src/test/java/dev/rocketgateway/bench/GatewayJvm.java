package dev.rocketgateway.bench;

import dev.rocketgateway.testing.GatewayProcess;
import java.util.List;
import java.util.stream.Stream;

/** The JVM of a gateway that is measured. */
final class GatewayJvm {

    private GatewayJvm() {}

    /** The options in {@code -DgatewayJvm}, for example those of a recording. They are for the gateway only. */
    static List<String> options() {
        return Stream.of(System.getProperty("gatewayJvm", "").split(" "))
                .filter(option -> !option.isBlank())
                .toList();
    }

    /** As outside of tests, with 512 MB of heap and the {@link #options}. */
    static GatewayProcess.Builder of(GatewayProcess.Builder builder) {
        var measured = builder.asOutsideOfTests().withJvmOption("-Xmx512m");
        options().forEach(measured::withJvmOption);
        return measured;
    }
}
