package dev.rocketgateway.bench;

import dev.rocketgateway.devmode.ChildProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A server the gateway is compared with, of {@code src/bench}, in a process of its own. */
final class YardstickServer implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final ChildProcess process;
    private final String root;

    private YardstickServer(ChildProcess process, String root) {
        this.process = process;
        this.root = root;
    }

    /** A REST endpoint on the gateway's own stack that reads the body and answers 204. */
    static YardstickServer floor(Path scratch) {
        return start(
                "floor",
                scratch,
                Path.of("src/bench/floor/target/quarkus-app/quarkus-run.jar"),
                "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
                Pattern.compile("Listening on: http://127\\.0\\.0\\.1:(\\d+)"),
                List.of("-Dquarkus.http.host=127.0.0.1", "-Dquarkus.http.port=0"));
    }

    /** A Spring MVC controller over the client, as one would write it without the gateway. */
    static YardstickServer spring(Path scratch, String nameServer) {
        return start(
                "spring",
                scratch,
                Path.of("src/bench/spring/target/spring.jar"),
                "org.springframework.boot.loader.launch.JarLauncher",
                Pattern.compile("Tomcat started on port (\\d+)"),
                List.of(
                        "-Dserver.address=127.0.0.1",
                        "-Dserver.port=0",
                        // The default closes a connection after 100 requests, which the others do not.
                        "-Dserver.tomcat.max-keep-alive-requests=-1",
                        "-Dnamesrv=" + nameServer));
    }

    private static YardstickServer start(
            String name, Path scratch, Path jar, String main, Pattern listening, List<String> settings) {
        if (Files.notExists(jar)) {
            throw new IllegalStateException(jar + " is missing; ./bench builds it");
        }
        var options = new ArrayList<>(List.of("-Xmx512m"));
        options.addAll(settings);
        var process = ChildProcess.start(
                name,
                Path.of(System.getProperty("java.home")),
                scratch,
                options,
                List.of(jar.toAbsolutePath()),
                List.of(main),
                Map.of());
        try {
            process.awaitOutput(name.equals("floor") ? "Listening on: " : "Started SpringYardstick", START_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (IllegalStateException e) {
            process.kill();
            throw e;
        }
        var port = listening.matcher(process.output());
        if (!port.find()) {
            process.kill();
            throw new IllegalStateException(process.output());
        }
        return new YardstickServer(process, "http://127.0.0.1:" + port.group(1));
    }

    /** Where one message is posted. */
    String messages(String topic, String mode) {
        return "%s/topics/%s/messages?mode=%s".formatted(root, topic, mode);
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.kill();
    }
}
