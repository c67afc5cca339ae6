package dev.rocketgateway.training;

import dev.rocketgateway.rocketmq.training.StandInBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts the gateway with the command of later starts, calls each API, and lets the JVM write files that make later starts faster.
 * JEP 514 calls this a training run.
 *
 * <pre>
 * java -cp quarkus-run.jar dev.rocketgateway.training.TrainingRun archive
 * java @archive/java-options -jar quarkus-run.jar
 * </pre>
 *
 * <p>Writes two files to the directory: what the JVM keeps, and the options with which {@code java} uses it.
 *
 * <table>
 *   <caption>What the JVM keeps</caption>
 *   <tr><th>Java</th><th>file</th><th>content</th></tr>
 *   <tr><td>17 to 24</td><td>classes.jsa</td><td>the loaded classes (class-data sharing)</td></tr>
 *   <tr><td>25 and newer</td><td>gateway.aot</td><td>the loaded and linked classes (JEP 483), and how often each method ran under load (JEP
 *       515): the compiler of a later start needs no time to find this out</td></tr>
 * </table>
 *
 * <p>Connects only to programs that it starts: the gateway, a {@link StandInBroker} and an endpoint. The exit status is 1, and standard
 * error has the reason, if the gateway does not start or ends, if it does not give the expected response to a first request within two
 * minutes, if more than one request in a hundred of the load fails, or if no webhook arrives.
 */
public final class TrainingRun {

    private static final int FIRST_JAVA_WITH_PROFILES = 25;
    private static final long LOAD_SECONDS = Long.getLong("training.load-seconds", 30);
    /** Part of what the JVM keeps, so it must be the same at a later start. The gateway decompresses with native code. */
    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

    private final Path directory;
    private final String jar = System.getProperty("java.class.path");

    private TrainingRun(Path directory) {
        this.directory = directory;
    }

    /**
     * Runs the gateway and sends requests to it.
     *
     * @param arguments the directory for the files; it must exist
     */
    public static void main(String... arguments) throws IOException, InterruptedException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("write the directory for the files as the only argument");
        }
        // By default, the HTTP client of the training run keeps only five idle connections.
        System.setProperty("http.maxConnections", String.valueOf(TrainedGateway.CALLERS));
        // Otherwise the stand-in broker creates a certificate.
        System.setProperty("tls.server.mode", "disabled");
        var run = new TrainingRun(Path.of(arguments[0]).toAbsolutePath());
        var option = Runtime.version().feature() < FIRST_JAVA_WITH_PROFILES ? run.shareClasses() : run.keepProfiles();
        Files.write(run.directory.resolve("java-options"), List.of(NATIVE_ACCESS, quoted(option)));
        System.exit(0);
    }

    private String shareClasses() throws IOException, InterruptedException {
        var classes = directory.resolve("classes");
        var archive = directory.resolve("classes.jsa");
        var option = "-XX:SharedArchiveFile=" + archive;
        train("-XX:DumpLoadedClassList=" + classes, Duration.ZERO);
        try (var dump = TrainedProcess.start(
                "-Xshare:dump", NATIVE_ACCESS, "-XX:SharedClassListFile=" + classes, option, "-cp", jar)) {
            dump.awaitSuccess();
        }
        requireFile(archive);
        Files.delete(classes);
        return option;
    }

    private String keepProfiles() throws IOException, InterruptedException {
        var cache = directory.resolve("gateway.aot");
        train("-XX:AOTCacheOutput=" + cache, Duration.ofSeconds(LOAD_SECONDS));
        requireFile(cache);
        return "-XX:AOTCache=" + cache;
    }

    private static void requireFile(Path file) {
        if (Files.notExists(file)) {
            throw new IllegalStateException("the JVM did not write " + file);
        }
    }

    private void train(String option, Duration load) throws IOException, InterruptedException {
        try (var broker = new StandInBroker();
                var endpoint = new TrainingEndpoint()) {
            var settings = TrainedGateway.settings(broker.address());
            var options = new ArrayList<>(List.of(option, NATIVE_ACCESS));
            settings.forEach((name, value) -> options.add("-D" + name + "=" + value));
            options.addAll(List.of("-jar", jar));
            try (var process = TrainedProcess.start(options.toArray(String[]::new))) {
                var gateway = new TrainedGateway(settings, endpoint, process::requireAlive);
                gateway.takeAllSteps();
                gateway.load(load);
                process.stop();
            }
        }
    }

    /** An option as a line of an {@code @} file of {@code java}, which treats blanks and backslashes specially. */
    private static String quoted(String option) {
        return '"' + option.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
