package dev.rocketgateway.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** {@link ClientAlone} in a process of its own; it ends with this one. Not thread-safe. */
final class ClientProcess implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CLASS_PATH =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

    private final String topic;
    private final Process process;
    private final BufferedReader answers;

    /**
     * @param scratch existing; gets what it logs
     */
    ClientProcess(String nameServer, String topic, Path scratch) {
        this.topic = topic;
        try {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx512m",
                            "-cp",
                            CLASS_PATH,
                            ClientAlone.class.getName(),
                            nameServer,
                            topic)
                    .redirectError(scratch.resolve("client.err").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        answers = process.inputReader(StandardCharsets.US_ASCII);
    }

    /** Where its messages go. */
    String topic() {
        return topic;
    }

    long pid() {
        return process.pid();
    }

    /** One round, as {@link ClientAlone} tells them. */
    Load run(String mode, int n, int size, Duration time) {
        try {
            var out = process.outputWriter(StandardCharsets.US_ASCII);
            out.write("run %s %d %d %d%n".formatted(mode, n, size, time.toMillis()));
            out.flush();
            for (var line = answers.readLine(); line != null; line = answers.readLine()) {
                // The client library may print too.
                if (line.startsWith("{")) {
                    return JSON.readValue(line, Load.class);
                }
            }
            throw new IllegalStateException("the client alone ended");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
