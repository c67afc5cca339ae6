package dev.rocketgateway;

import io.quarkus.bootstrap.runner.AotQuarkusEntryPoint;
import io.quarkus.runtime.Quarkus;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/**
 * Starts the gateway, uses each of its parts and exits, so that the JVM can record the classes that a start loads. JEP 514 calls
 * this a training run.
 *
 * <pre>
 * java -XX:DumpLoadedClassList=classes --add-opens=java.base/java.lang=ALL-UNNAMED \
 *     -cp quarkus-run.jar dev.rocketgateway.TrainingRun
 * java -Xshare:dump -XX:SharedClassListFile=classes -XX:SharedArchiveFile=classes.jsa -cp quarkus-run.jar
 * java -XX:SharedArchiveFile=classes.jsa -jar quarkus-run.jar
 * </pre>
 *
 * <p>Needs no RocketMQ, connects only to itself, and leaves its store in the temporary directory. All other settings come from the
 * environment, as for the gateway. If the gateway does not start or answers with an unexpected status, the exit status is 1 and the
 * reason is on standard error.
 */
public final class TrainingRun {

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int REQUEST_LIMIT_MILLIS = 30_000;
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final String HOST = "127.0.0.1";
    private static final String NOTHING_LISTENS_HERE = HOST + ":1";
    private static final int NO_ANSWER = 0;

    /**
     * A request and the expected status of its response. Without a name server, nothing can be published and the gateway is not
     * ready.
     *
     * @param body {@code %s} in the body stands for the root URL of the gateway
     */
    private record Step(String method, String path, String contentType, String body, int status) {

        static Step get(String path, int status) {
            return new Step("GET", path, "", "", status);
        }

        boolean isManagement() {
            return path.startsWith("/q/");
        }

        static Step post(String path, String contentType, String body, int status) {
            return new Step("POST", path, contentType, body, status);
        }
    }

    private static final List<Step> STEPS = List.of(
            Step.get("/q/health/live", 200),
            Step.get("/q/health/ready", 503),
            Step.post("/topics/training/messages?tag=a&key=b&property.c=d", "text/plain", "hello", 503),
            Step.post("/topics/training/messages?mode=async", "text/plain", "hello", 503),
            Step.post("/topics/training/messages?mode=oneway", "text/plain", "hello", 503),
            Step.post("/topics/training/messages:batch", "application/x-ndjson", "{\"body\":\"hello\"}\n", 503),
            Step.post("/topics/training/messages", "application/cloudevents+json", """
                    {"specversion":"1.0","id":"1","source":"/training","type":"training","data":"hello"}""", 503),
            Step.post("/subscriptions", "application/json", """
                    {"name":"training","source":{"topic":"training"},"endpoint":{"url":"%s/problems","method":"PUT"}}""", 201),
            Step.post("/subscriptions/training:test", "application/json", "{}", 200),
            Step.get("/subscriptions/training", 200),
            Step.get("/q/metrics", 200));

    private final URI root;
    private final URI management;

    private TrainingRun(URI root, URI management) {
        this.root = root;
        this.management = management;
    }

    /**
     * Runs the gateway, and sends requests to it from another thread.
     *
     * @param arguments arguments for the gateway, which ignores them
     * @throws Throwable the failure, if the gateway does not start
     */
    public static void main(String... arguments) throws Throwable {
        int port = freePort();
        int managementPort = freePort();
        System.setProperty("quarkus.http.host", HOST);
        System.setProperty("quarkus.http.port", String.valueOf(port));
        System.setProperty("quarkus.management.host", HOST);
        System.setProperty("quarkus.management.port", String.valueOf(managementPort));
        System.setProperty("quarkus.shutdown.delay", "0s");
        System.setProperty("gateway.security.anonymous", "admin");
        System.setProperty("gateway.rocketmq.namesrv-addr", NOTHING_LISTENS_HERE);
        System.setProperty("gateway.webhook.allowed-targets", HOST + "/32");
        System.setProperty(
                "gateway.store.url",
                "jdbc:h2:file:" + Files.createTempDirectory("training-").resolve("store"));
        var run = new TrainingRun(at(port), at(managementPort));
        new Thread(run::takeAllSteps, "training").start();
        AotQuarkusEntryPoint.main(arguments);
    }

    private void takeAllSteps() {
        int exit = 1;
        try {
            for (var step : STEPS) {
                awaitAnswer(step);
            }
            exit = 0;
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Quarkus.asyncExit(exit);
        }
    }

    /** Repeats the request until its status is as expected, because the start and the first read of the store take some time. */
    private void awaitAnswer(Step step) throws MalformedURLException, InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        for (int status = answer(step); status != step.status; status = answer(step)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        "%s %s answered %d, expected %d".formatted(step.method, step.path, status, step.status));
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }

    private int answer(Step step) throws MalformedURLException {
        var url = URI.create((step.isManagement() ? management : root) + step.path)
                .toURL();
        try {
            var connection = (HttpURLConnection) url.openConnection();
            connection.setConnectTimeout(REQUEST_LIMIT_MILLIS);
            connection.setReadTimeout(REQUEST_LIMIT_MILLIS);
            connection.setRequestMethod(step.method);
            if (!step.body.isEmpty()) {
                connection.setRequestProperty("Content-Type", step.contentType);
                connection.setDoOutput(true);
                try (var body = connection.getOutputStream()) {
                    body.write(step.body.replace("%s", root.toString()).getBytes(StandardCharsets.UTF_8));
                }
            }
            return connection.getResponseCode();
        } catch (IOException notYet) {
            return NO_ANSWER;
        }
    }

    private static URI at(int port) {
        return URI.create("http://" + HOST + ":" + port);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
