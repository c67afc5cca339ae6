package dev.rocketgateway.training;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Sends requests to the gateway of a training run: first one to each of its parts, then load. Blocks. */
final class TrainedGateway {

    private static final String HOST = "127.0.0.1";
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int REQUEST_LIMIT_MILLIS = 30_000;
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final int NO_ANSWER = 0;
    static final int CALLERS = 32;

    /**
     * A request and the expected status of its response.
     *
     * @param body {@code %s} in the body stands for the URL of the endpoint
     */
    private record Step(String method, String path, String contentType, String body, int status) {

        static Step get(String path, int status) {
            return new Step("GET", path, "", "", status);
        }

        static Step post(String path, String contentType, String body, int status) {
            return new Step("POST", path, contentType, body, status);
        }

        boolean isManagement() {
            return path.startsWith("/q/");
        }
    }

    /** Requests that publish, with bodies of a usual size. */
    private static final List<Step> SENDS = sends("x".repeat(250));

    private static final List<Step> STEPS = List.of(
            Step.get("/q/health/live", 200),
            Step.get("/q/health/ready", 200),
            Step.post("/subscriptions", "application/json", """
                    {"name":"training","source":{"topic":"training"},
                     "endpoint":{"url":"%s"}}""", 201),
            Step.post("/subscriptions/training:test", "application/json", "{}", 200),
            Step.get("/subscriptions/training", 200),
            Step.get("/q/metrics", 200));

    /** One request in a hundred may fail. */
    private static final int MOST_UNEXPECTED = 100;

    private final URI root;
    private final URI management;
    private final TrainingEndpoint endpoint;
    private final Runnable requireAlive;

    /**
     * @param settings those of {@link #settings}, with which the gateway was started
     * @param endpoint where the gateway sends webhooks
     * @param requireAlive throws if the gateway has ended
     */
    TrainedGateway(Map<String, String> settings, TrainingEndpoint endpoint, Runnable requireAlive) {
        this.endpoint = endpoint;
        this.requireAlive = requireAlive;
        root = at(settings.get("quarkus.http.port"));
        management = at(settings.get("quarkus.management.port"));
    }

    /** The settings of a gateway that listens on free ports of this host and keeps its store in the temporary directory. */
    static Map<String, String> settings(String nameServer) throws IOException {
        var settings = new LinkedHashMap<String, String>();
        settings.put("quarkus.http.host", HOST);
        settings.put("quarkus.http.port", freePort());
        settings.put("quarkus.management.host", HOST);
        settings.put("quarkus.management.port", freePort());
        settings.put("quarkus.shutdown.delay", "0s");
        settings.put("gateway.security.anonymous", "admin");
        settings.put("gateway.rocketmq.namesrv-addr", nameServer);
        settings.put("gateway.webhook.allowed-targets", HOST + "/32");
        settings.put(
                "gateway.store.url",
                "jdbc:h2:file:" + Files.createTempDirectory("training-").resolve("store"));
        return settings;
    }

    private static List<Step> sends(String body) {
        var message = "/topics/training/messages";
        var line = "{\"body\":\"" + body + "\"}";
        return List.of(
                Step.post(message, "text/plain", body, 200),
                Step.post(message + "?mode=async", "text/plain", body, 202),
                Step.post(message + "?mode=async&tag=a&key=b&property.c=d", "text/plain", body, 202),
                Step.post(message + "?mode=oneway", "text/plain", body, 204),
                Step.post(message + ":batch", "application/x-ndjson", (line + "\n").repeat(10), 200),
                Step.post(message, "application/cloudevents+json", """
                        {"specversion":"1.0","id":"1","source":"/training","type":"training","data":"hello"}""", 200));
    }

    void takeAllSteps() throws IOException, InterruptedException {
        for (var step : STEPS) {
            awaitAnswer(step);
        }
        for (var step : SENDS) {
            awaitAnswer(step);
        }
    }

    /**
     * Sends requests all the time, from several callers.
     *
     * @throws IllegalStateException if more than a few of them are not answered as expected, or if no webhook was delivered
     */
    void load(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        var all = new AtomicLong();
        var unexpected = new AtomicLong();
        var callers = Executors.newFixedThreadPool(CALLERS);
        for (int i = 0; i < CALLERS; i++) {
            var step = SENDS.get(i % SENDS.size());
            callers.execute(() -> {
                while (System.nanoTime() < end) {
                    all.incrementAndGet();
                    if (answer(step) != step.status()) {
                        unexpected.incrementAndGet();
                    }
                }
            });
        }
        callers.shutdown();
        if (!callers.awaitTermination(time.plus(LIMIT).toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("the requests of the training run did not end");
        }
        if (unexpected.get() > all.get() / MOST_UNEXPECTED) {
            throw new IllegalStateException("%d of %d requests of the training run were not answered as expected"
                    .formatted(unexpected.get(), all.get()));
        }
        await(() -> endpoint.answered() > 0, "the gateway delivered no message of the training run");
    }

    /** Repeats the request until its status is as expected, because the start and the first read of the store take some time. */
    private void awaitAnswer(Step step) throws InterruptedException {
        await(
                () -> answer(step) == step.status(),
                "%s %s did not answer %d".formatted(step.method(), step.path(), step.status()));
    }

    private void await(BooleanSupplier done, String otherwise) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!done.getAsBoolean()) {
            requireAlive.run();
            if (System.nanoTime() > end) {
                throw new IllegalStateException(otherwise);
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }

    private int answer(Step step) {
        try {
            var connection = (HttpURLConnection) URI.create((step.isManagement() ? management : root) + step.path)
                    .toURL()
                    .openConnection();
            connection.setConnectTimeout(REQUEST_LIMIT_MILLIS);
            connection.setReadTimeout(REQUEST_LIMIT_MILLIS);
            connection.setRequestMethod(step.method);
            if (!step.body.isEmpty()) {
                connection.setRequestProperty("Content-Type", step.contentType);
                connection.setDoOutput(true);
                try (var body = connection.getOutputStream()) {
                    body.write(step.body.replace("%s", endpoint.url()).getBytes(StandardCharsets.UTF_8));
                }
            }
            int status = connection.getResponseCode();
            // Read to the end, so that the connection can be used again.
            try (var body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                if (body != null) {
                    body.readAllBytes();
                }
            }
            return status;
        } catch (IOException notYet) {
            return NO_ANSWER;
        }
    }

    private static URI at(String port) {
        return URI.create("http://" + HOST + ":" + port);
    }

    private static String freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return String.valueOf(socket.getLocalPort());
        }
    }
}
