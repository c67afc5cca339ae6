package dev.rocketgateway.testing;

import static org.awaitility.Awaitility.await;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/** syslog-ng with the configuration of the documentation, of which only the {@code @define} lines are changed. */
public final class SyslogNg implements AutoCloseable {

    private static final Path CONFIGURATION = Path.of("docs/examples/syslog-ng.conf");

    /** Ends it when the standard input ends, which it does with this process. */
    private static final String STOP_WITH_PARENT = "\"$@\" & read -r _; kill $!; wait $!";

    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private final Process process;
    private final Path program;
    private final Path control;
    private final Path log;
    private final Path shipped;

    private SyslogNg(Process process, Path program, Path control, Path log, Path shipped) {
        this.process = process;
        this.program = program;
        this.control = control;
        this.log = log;
        this.shipped = shipped;
    }

    /**
     * @param program the path of syslog-ng
     * @param scratch gets a directory with everything it writes, and the file it ships; not a long path, for it has a socket
     */
    public static SyslogNg start(Path program, Path scratch, GatewayProcess gateway, String topic, String mode) {
        try {
            var directory = Files.createTempDirectory(scratch.toAbsolutePath(), "run-");
            var logs = Files.createDirectory(directory.resolve("logs"));
            var buffer = Files.createDirectory(directory.resolve("buffer"));
            var configuration = configuration(Map.of(
                    "gateway", gateway.root().toString(),
                    "topic", topic,
                    "mode", mode,
                    "logs", logs.toString(),
                    "buffer", buffer.toString()));
            var log = directory.resolve("syslog-ng.log");
            var control = directory.resolve("syslog-ng.ctl");
            var command = List.of(
                    program.toString(),
                    "--foreground",
                    "--stderr",
                    "--verbose",
                    "--no-caps",
                    "--cfgfile=" + Files.writeString(directory.resolve("syslog-ng.conf"), configuration),
                    "--persist-file=" + directory.resolve("syslog-ng.persist"),
                    "--control=" + control,
                    "--pidfile=" + directory.resolve("syslog-ng.pid"));
            var process = new ProcessBuilder(
                            Stream.concat(Stream.of("sh", "-c", STOP_WITH_PARENT, "sh"), command.stream())
                                    .toList())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            var shipper = new SyslogNg(process, program, control, log, logs.resolve("app.log"));
            try {
                await().atMost(START_LIMIT).until(() -> Files.exists(control));
                return shipper;
            } catch (ConditionTimeoutException e) {
                shipper.close();
                throw new IllegalStateException("syslog-ng does not start: " + shipper.output(), e);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String configuration(Map<String, String> values) throws IOException {
        var text = Files.readString(CONFIGURATION);
        for (var value : values.entrySet()) {
            var line = Pattern.compile("^@define " + value.getKey() + " \".*\"$", Pattern.MULTILINE)
                    .matcher(text);
            if (!line.find()) {
                throw new IllegalStateException("%s defines no '%s'".formatted(CONFIGURATION, value.getKey()));
            }
            text = text.substring(0, line.start())
                    + "@define %s \"%s\"".formatted(value.getKey(), value.getValue())
                    + text.substring(line.end());
        }
        return text;
    }

    /** Adds lines to the file it ships. */
    public void log(List<String> lines) {
        try (BufferedWriter file =
                Files.newBufferedWriter(shipped, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line : lines) {
                file.write(line);
                file.write('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Number of lines that syslog-ng counts as sent, which means that it accepted the response. */
    public long written() {
        try {
            var statistics = new ProcessBuilder(
                            program.resolveSibling("syslog-ng-ctl").toString(), "stats", "--control=" + control)
                    .redirectErrorStream(true)
                    .start();
            return new String(statistics.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("dst.http;") && line.contains(";written;"))
                    .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(';') + 1)))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fails with what it has said if it ended by itself. */
    public void assertAlive() {
        if (process.descendants().findAny().isEmpty()) {
            throw new AssertionError("syslog-ng ended: " + output());
        }
    }

    /** What it has said of itself. */
    public String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks it to end, and waits until it has. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                throw new IllegalStateException("syslog-ng does not end: " + output());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
