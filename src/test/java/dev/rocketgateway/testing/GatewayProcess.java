package dev.rocketgateway.testing;

import dev.rocketgateway.devmode.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The packaged gateway in a process of its own, on the Java that {@code -Dgateway.java.home} names. */
public final class GatewayProcess implements AutoCloseable {

    private static final Path PACKAGE = Path.of(System.getProperty("gateway.package", "target/quarkus-app"));
    private static final Path JAVA = Path.of(System.getProperty("gateway.java.home", System.getProperty("java.home")));
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Pattern LISTENING = Pattern.compile(
            "Listening on: (https?://127\\.0\\.0\\.1:\\d+).*\\. Management interface listening on (http://127\\.0\\.0\\.1:\\d+)");
    private static final Pattern SECURE = Pattern.compile(" and (https://127\\.0\\.0\\.1:\\d+)");
    private static final List<String> QUICK_TO_START = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    private static final List<String> MANAGEMENT = List.of("/q/health", "/q/metrics");

    private static @Nullable GatewayProcess shared;

    private final ChildProcess process;
    private final URI root;
    private final URI management;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private String log = "";
    private long logSize;

    private GatewayProcess(ChildProcess process, URI root, URI management) {
        this.process = process;
        this.root = root;
        this.management = management;
    }

    /** What to start it with. */
    public static final class Builder {

        private final Map<String, String> settings = new LinkedHashMap<>();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final List<String> jvmOptions = new ArrayList<>();
        private final Path directory;

        private Builder(Path directory) {
            this.directory = directory;
            // Most of a test's time is the start of a JVM; a later option of a test overrides these.
            jvmOptions.addAll(ClassArchive.options(directory, JAVA));
            // As the manifest has it, which counts only with -jar.
            jvmOptions.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
            jvmOptions.addAll(QUICK_TO_START);
            jvmOptions.add("-XX:+UnlockDiagnosticVMOptions");
            jvmOptions.add("-XX:-BytecodeVerificationRemote");
            settings.put("quarkus.http.host", "127.0.0.1");
            settings.put("quarkus.http.port", "0");
            settings.put("quarkus.management.host", "127.0.0.1");
            settings.put("quarkus.management.port", "0");
            settings.put("quarkus.shutdown.delay", "0s");
            // Tests of who may do what close it.
            settings.put("gateway.security.anonymous", "admin");
            settings.put("gateway.deliver.reconcile-interval", "500ms");
            // While other classes start their processes, a broker sometimes needs longer than the 3 s of the default.
            settings.put("gateway.rocketmq.send-timeout", "10s");
            // Everything has to hold either way.
            settings.put("gateway.publish.coalescing.enabled", System.getProperty("coalescing", "true"));
            // The endpoints of tests are on this host.
            settings.put("gateway.webhook.allowed-targets", "127.0.0.0/8");
        }

        public Builder with(String key, Object value) {
            SecretWatch.setting(key, value.toString());
            settings.put(key, value.toString());
            return this;
        }

        /** With the compilers and the collector that the JVM chooses, which take longer to start and are better. */
        public Builder asOutsideOfTests() {
            jvmOptions.removeAll(QUICK_TO_START);
            return this;
        }

        /** Without a setting that every gateway of the tests has. */
        public Builder without(String key) {
            settings.remove(key);
            return this;
        }

        public Builder withEnvironment(String name, String value) {
            SecretWatch.setting(name.toLowerCase(Locale.ROOT).replace('_', '-'), value);
            environment.put(name, value);
            return this;
        }

        public Builder withJvmOption(String option) {
            jvmOptions.add(option);
            return this;
        }

        /** A subscription with the least that works. */
        public Builder subscribing(String name, String topic, TestEndpoint endpoint) {
            return with("gateway.subscriptions." + name + ".source.topic", topic)
                    .with("gateway.subscriptions." + name + ".endpoint.url", endpoint.url());
        }

        /** Starts it and waits until it listens. */
        public GatewayProcess start() {
            var process = launch();
            try {
                process.awaitOutput("Management interface listening on ", START_LIMIT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            } catch (IllegalStateException e) {
                process.kill();
                throw e;
            }
            var listening = LISTENING.matcher(process.output());
            if (!listening.find()) {
                throw new IllegalStateException(process.output());
            }
            return new GatewayProcess(process, URI.create(listening.group(1)), URI.create(listening.group(2)));
        }

        /** Starts it where it is expected to end by itself. */
        public ChildProcess launch() {
            try {
                var parent = Files.createDirectories(PACKAGE.toAbsolutePath().resolveSibling("gateways"));
                var options = new ArrayList<>(jvmOptions);
                settings.forEach((key, value) -> options.add("-D" + key + "=" + value));
                return ChildProcess.start(
                        "gateway",
                        JAVA,
                        Files.createTempDirectory(parent, "run-"),
                        options,
                        List.of(directory.toAbsolutePath().resolve("quarkus-run.jar")),
                        List.of("io.quarkus.bootstrap.runner.AotQuarkusEntryPoint"),
                        environment);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Not connected to anything yet. */
    public static Builder builder() {
        return builder(PACKAGE);
    }

    /** Another build of the gateway. */
    public static Builder builder(Path directory) {
        return new Builder(directory);
    }

    /** Connected to the broker. */
    public static Builder connectedTo(TestBroker broker) {
        return builder().with("gateway.rocketmq.namesrv-addr", broker.nameServerAddress());
    }

    /**
     * One with the default settings, connected to {@link TestBroker#shared()}, for all tests that do it no harm and look only
     * at what it does for their own topics and subscriptions. Ends with this JVM; nobody closes it.
     */
    public static synchronized GatewayProcess shared() {
        if (shared == null) {
            shared = connectedTo(TestBroker.shared()).start();
        }
        return shared;
    }

    public URI root() {
        return root;
    }

    /** Where health and metrics are. */
    public URI management() {
        return management;
    }

    public ChildProcess process() {
        return process;
    }

    /** Where it listens with TLS beside the root. */
    public URI secureRoot() {
        var listening = SECURE.matcher(log());
        if (!listening.find()) {
            throw new IllegalStateException("no HTTPS beside HTTP");
        }
        return URI.create(listening.group(1));
    }

    /** What it has logged so far. Tests ask often, and mostly it has logged nothing since. */
    public synchronized String log() {
        long size = process.outputSize();
        if (size != logSize) {
            log = process.output();
            logSize = size;
        }
        return log;
    }

    /** Health and metrics come from the management interface. */
    public HttpResponse<String> get(String path, String... headers) {
        return send(request(path, headers).GET());
    }

    public HttpResponse<String> publish(String topic, String query, String body, String... headers) {
        return publish(topic, query, BodyPublishers.ofString(body), headers);
    }

    /**
     * @param query without the question mark; may be empty
     * @param headers names and values in turn
     */
    public HttpResponse<String> publish(String topic, String query, BodyPublisher body, String... headers) {
        return send(request("/topics/" + topic + "/messages" + (query.isEmpty() ? "" : "?" + query), headers)
                .POST(body));
    }

    /** Many messages in one request. */
    public HttpResponse<String> publishBatch(String topic, String query, String contentType, String body) {
        return publishBatch(topic, query, contentType, BodyPublishers.ofString(body));
    }

    /**
     * @param query without the question mark; may be empty
     */
    public HttpResponse<String> publishBatch(String topic, String query, String contentType, BodyPublisher body) {
        return send(request(
                        "/topics/" + topic + "/messages:batch" + (query.isEmpty() ? "" : "?" + query),
                        "Content-Type",
                        contentType)
                .timeout(Duration.ofMinutes(5))
                .POST(body));
    }

    public HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            var sent = request.build();
            var answer = http.send(sent, BodyHandlers.ofString());
            SecretWatch.check(sent, answer);
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public HttpRequest.Builder request(String path, String... headers) {
        var base = MANAGEMENT.stream().anyMatch(path::startsWith) ? management : root;
        var request = HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofSeconds(60));
        return headers.length == 0 ? request : request.headers(headers);
    }

    public HttpClient http() {
        return http;
    }

    /** SIGTERM, and the end of the process within the limit. */
    public boolean terminate(Duration limit) {
        try {
            return process.terminate(limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        if (!terminate(Duration.ofSeconds(30))) {
            process.kill();
        }
    }
}
