package dev.rocketgateway.bench;

import dev.rocketgateway.devmode.ChildProcess;
import io.vertx.core.http.HttpServer;
import java.io.File;
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
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A main class of the benchmarks in a process of its own, on the class path of the tests and the Java of the gateway. */
final class BenchProcess implements AutoCloseable {

    private static final Path JAVA = Path.of(System.getProperty("gateway.java.home", System.getProperty("java.home")));
    private static final String CLASS_PATH =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    private static final String LISTENING = "listening on ";

    private final ChildProcess process;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private @Nullable URI root;

    private BenchProcess(ChildProcess process) {
        this.process = process;
    }

    static BenchProcess start(Class<?> main, List<String> jvmOptions, String... arguments) {
        try {
            var parent = Files.createDirectories(Path.of("target", "bench").toAbsolutePath());
            var command = new ArrayList<>(List.of(main.getName()));
            command.addAll(List.of(arguments));
            return new BenchProcess(ChildProcess.start(
                    main.getSimpleName(),
                    JAVA,
                    Files.createTempDirectory(parent, "run-"),
                    jvmOptions,
                    Stream.of(CLASS_PATH.split(File.pathSeparator))
                            .map(Path::of)
                            .toList(),
                    command,
                    Map.of()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For the child: listens on a free port of this host and prints which. */
    static void announce(HttpServer server) {
        server.listen(0, "127.0.0.1")
                .onSuccess(listening -> System.out.println(LISTENING + listening.actualPort() + ";"))
                .onFailure(cause -> System.exit(1));
    }

    /** Where it listens; waits until it does. */
    private synchronized URI root() {
        var known = root;
        return known == null ? root = announced() : known;
    }

    private URI announced() {
        try {
            process.awaitOutput(";", Duration.ofSeconds(60));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        var port = Pattern.compile(LISTENING + "(\\d+);").matcher(process.output());
        if (!port.find()) {
            throw new IllegalStateException(process.output());
        }
        return URI.create("http://127.0.0.1:" + port.group(1));
    }

    ProcessFigures figures() {
        return new ProcessFigures(process.pid());
    }

    /** The URL of a path of it. */
    String url(String path) {
        return root().resolve(path).toString();
    }

    String get(String path) {
        return send(HttpRequest.newBuilder(root().resolve(path)).GET());
    }

    String post(String path) {
        return send(HttpRequest.newBuilder(root().resolve(path)).POST(BodyPublishers.noBody()));
    }

    private String send(HttpRequest.Builder request) {
        try {
            var answer = http.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(answer + " " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.kill();
    }
}
