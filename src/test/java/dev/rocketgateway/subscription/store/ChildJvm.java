package dev.rocketgateway.subscription.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** A process of this class path, and the lines it prints. */
final class ChildJvm implements AutoCloseable {

    /** As long as a gateway has for its start: other classes start their processes at the same time. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final Path errors;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Thread reader;

    private ChildJvm(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        this.reader = new Thread(this::read, "child-output");
        reader.setDaemon(true);
        reader.start();
    }

    static ChildJvm start(Class<?> main, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        var errors = Files.createTempFile("child", ".err");
        return new ChildJvm(
                new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            for (var line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> lines() {
        return lines;
    }

    void awaitLine(String line) {
        await(() -> lines.contains(line));
    }

    void awaitLines(int count) {
        await(() -> lines.size() >= count);
    }

    /** Fails at once when the process ends, because nothing comes after that. */
    private void await(BooleanSupplier condition) {
        Awaitility.await().pollInterval(Duration.ofMillis(1)).atMost(LIMIT).until(() -> {
            boolean ended = !process.isAlive();
            if (condition.getAsBoolean()) {
                return true;
            }
            if (ended) {
                throw new AssertionError("the process printed " + lines + ", ended, and said: " + errorOutput());
            }
            return false;
        });
    }

    private String errorOutput() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** kill -9; afterwards all it printed is known. */
    void kill() {
        try {
            process.destroyForcibly().waitFor();
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        kill();
        Files.delete(errors);
    }
}
