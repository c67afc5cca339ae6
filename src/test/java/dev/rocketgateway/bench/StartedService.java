package dev.rocketgateway.bench;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A packaged Quarkus application, started with {@code java -jar} and timed until it is ready. */
final class StartedService implements AutoCloseable {

    private static final Path JAVA = Path.of(System.getProperty("gateway.java.home", System.getProperty("java.home")));
    private static final Pattern LISTENING = Pattern.compile("Listening on: http://127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern MANAGEMENT =
            Pattern.compile("Management interface listening on (http://127\\.0\\.0\\.1:\\d+)");
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration LOOKS = Duration.ofMillis(5);

    private final Process process;
    private final Path output;
    private final Thread atExit;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI root;
    private final double readyMillis;

    private StartedService(Path application, List<String> options) throws IOException {
        var directory = Files.createTempDirectory(
                Files.createDirectories(Path.of("target", "bench").toAbsolutePath()), "start-");
        output = directory.resolve("out");
        var command = new ArrayList<>(List.of(JAVA.resolve("bin/java").toString()));
        command.addAll(options);
        command.addAll(List.of(
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=0",
                "-Dquarkus.management.host=127.0.0.1",
                "-Dquarkus.management.port=0",
                "-Dquarkus.shutdown.delay=0s",
                "-Dgateway.security.anonymous=admin",
                "-jar",
                application.toAbsolutePath().resolve("quarkus-run.jar").toString()));
        long begun = System.nanoTime();
        process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            await().atMost(LIMIT)
                    .pollInterval(LOOKS)
                    .until(() ->
                            !process.isAlive() || LISTENING.matcher(output()).find());
            var port = LISTENING.matcher(output());
            if (!port.find()) {
                throw new IllegalStateException(output());
            }
            root = URI.create("http://127.0.0.1:" + port.group(1));
            // Applications to compare with may have their health on the port of everything.
            var management = MANAGEMENT.matcher(output());
            var health = management.find() ? URI.create(management.group(1)) : root;
            await().atMost(LIMIT).pollInterval(LOOKS).until(() -> status(health.resolve("/q/health/ready")) == 200);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        readyMillis = (System.nanoTime() - begun) / 1e6;
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @param application the directory with {@code quarkus-run.jar}
     */
    static StartedService start(Path application, List<String> options) {
        try {
            return new StartedService(application, options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From the start of the process to the first answer that it is ready. */
    double readyMillis() {
        return readyMillis;
    }

    ProcessFigures figures() {
        return new ProcessFigures(process.pid());
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The URL of a path of it. */
    String url(String path) {
        return root.resolve(path).toString();
    }

    HttpRequest post(String path, byte[] body) {
        return HttpRequest.newBuilder(root.resolve(path))
                .timeout(Duration.ofSeconds(60))
                .POST(BodyPublishers.ofByteArray(body))
                .build();
    }

    /** 0 where there is no answer. */
    private int status(URI uri) {
        return status(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build());
    }

    /** Of the answer; 0 where there is none. */
    int status(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
