package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.GatewayProcess;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every test's gateway starts with the archive of a training run; here is looked whether the JVM takes its classes from it. */
class TrainingRunIT {

    private static final Pattern OURS = Pattern.compile(" (dev\\.rocketgateway\\.\\S+) source: file:");

    @Test
    void theClassesOfAStartComeFromTheArchive() {
        try (var gateway = GatewayProcess.builder()
                .with("gateway.rocketmq.namesrv-addr", "127.0.0.1:1")
                .withJvmOption("-Xlog:class+load")
                .start()) {
            var log = gateway.log();

            assertThat(log)
                    .contains(" dev.rocketgateway.GatewayLifecycle source: shared objects file")
                    .contains(" io.quarkus.runtime.Quarkus source: shared objects file")
                    .contains(" org.apache.rocketmq.client.producer.DefaultMQProducer source: shared objects file");
            assertThat(OURS.matcher(log).results().map(loaded -> loaded.group(1)))
                    .as("classes of ours that are in no archive, but for the one the tests start it with")
                    .containsOnly("dev.rocketgateway.devmode.StopWithParent");
        }
    }
}
