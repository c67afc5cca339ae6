package dev.rocketgateway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.ClassArchive;
import dev.rocketgateway.testing.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * From the start of the process to {@code /q/health/ready}, on a broker that runs, against the same Quarkus extensions with one
 * resource ({@code src/bench/bare}). The gateway is started plainly and as the image starts it, with an archive of its classes.
 *
 * <p>Processor time of the start is told as well: unlike the time it takes, what else the machine does hardly changes it.
 */
@Isolated("it measures the machine")
class StartBench {

    private static final Logger LOG = Logger.getLogger(StartBench.class);

    private static final int ROUNDS = Integer.getInteger("pairs", 5);
    private static final double WANTED = 1.5;

    private static final Path GATEWAY = Path.of(System.getProperty("gateway.package", "target/quarkus-app"));
    private static final Path JAVA = Path.of(System.getProperty("gateway.java.home", System.getProperty("java.home")));
    private static final Path BARE = Path.of("src", "bench", "bare");

    /** Of all sides, and of the gateway besides. */
    private static final List<String> JVM = options("allJvm");

    private static final List<String> GATEWAY_JVM = options("gatewayJvm");

    private final TestBroker broker = TestBroker.shared();

    @Test
    void isReadySoon() throws Exception {
        buildBare();
        var gatewayOptions = new ArrayList<>(JVM);
        gatewayOptions.addAll(GATEWAY_JVM);
        gatewayOptions.add("-Dgateway.rocketmq.namesrv-addr=" + broker.nameServerAddress());
        var archived = new ArrayList<>(gatewayOptions);
        archived.addAll(ClassArchive.optionsOfTheImage(GATEWAY, JAVA));
        var rounds = new Rounds("start", ROUNDS)
                .side("archived", () -> measure(GATEWAY, archived))
                .side("gateway", () -> measure(GATEWAY, gatewayOptions))
                .side("bare", () -> measure(BARE.resolve("target/quarkus-app"), JVM))
                .run();
        for (var side : List.of("archived", "gateway")) {
            LOG.infof(
                    "start rounds=%d %s/bare=%s cpu=%s %s=%sms resident=%sMB",
                    ROUNDS,
                    side,
                    rounds.ratio(side, "bare", Figures::p50Millis),
                    rounds.ratio(side, "bare", Figures::cpuMicros),
                    side,
                    rounds.of(side, Figures::p50Millis),
                    rounds.of(side, Figures::residentMegabytes));
        }
        LOG.infof(
                "start bare=%sms resident=%sMB",
                rounds.of("bare", Figures::p50Millis), rounds.of("bare", Figures::residentMegabytes));
        assertThat(rounds.ratio("archived", "bare", Figures::p50Millis).median())
                .isLessThanOrEqualTo(WANTED);
    }

    /** Starts per second, processor time of the start, and its duration as the median there is of one. */
    private static Figures measure(Path application, List<String> options) {
        try (var service = StartedService.start(application, options)) {
            var process = service.figures();
            double millis = service.readyMillis();
            return new Figures(
                    1000 / millis, process.cpuMicros(), Double.NaN, millis, millis, process.residentMegabytes());
        }
    }

    private static void buildBare() throws IOException, InterruptedException {
        var log = Files.createDirectories(Path.of("target", "bench")).resolve("bare-build.log");
        var build = new ProcessBuilder(
                        "./mvnw", "-q", "-f", BARE.resolve("pom.xml").toString(), "package")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(build.waitFor()).as(log.toString()).isZero();
    }

    private static List<String> options(String property) {
        return Stream.of(System.getProperty(property, "").split(" "))
                .filter(option -> !option.isBlank())
                .toList();
    }
}
