package dev.rocketgateway.bench;

import dev.rocketgateway.security.identity.ApiKey;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.TestIssuer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A broker and, each from when it is first asked for, a gateway and its yardsticks; every one in a process of its own. Not
 * thread-safe.
 */
final class PublishRig implements AutoCloseable {

    /** Messages of a batch. */
    private static final int BATCH = 100;

    private final Path scratch = scratch();
    private final Deque<Runnable> stops = new ArrayDeque<>();
    private final Map<String, Object> processes = new HashMap<>();
    private final BenchBroker broker = new BenchBroker();
    private final String topic;
    private final Oha oha;
    private final String key = ApiKey.generate();
    private final TestIssuer issuer = TestIssuer.start();

    PublishRig() {
        stops.push(issuer::close);
        stops.push(broker::close);
        topic = broker.newTopic();
        oha = new Oha(scratch);
    }

    private static Path scratch() {
        try {
            return Files.createTempDirectory(Files.createDirectories(Path.of("target/bench")), "run-")
                    .toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    BenchBroker broker() {
        return broker;
    }

    GatewayProcess gateway() {
        return process("gateway", () -> startGateway(Map.of()), GatewayProcess::close);
    }

    private GatewayProcess gatewayWithoutCoalescing() {
        return process(
                "gateway without coalescing",
                () -> startGateway(Map.of("gateway.publish.coalescing.enabled", "false")),
                GatewayProcess::close);
    }

    /** With an exporter, but no trace is sampled: what remains are contexts of requests and properties of messages. */
    private GatewayProcess gatewayWithTracing() {
        return process(
                "gateway with tracing",
                () -> startGateway(
                        Map.of("gateway.tracing.otlp-endpoint", "http://127.0.0.1:1", "gateway.tracing.sampling", "0")),
                GatewayProcess::close);
    }

    private GatewayProcess startGateway(Map<String, String> settings) {
        return startGateway(GatewayProcess.builder(), settings);
    }

    private GatewayProcess startGateway(GatewayProcess.Builder build, Map<String, String> settings) {
        var builder = GatewayJvm.of(build)
                .with("gateway.rocketmq.namesrv-addr", broker.nameServerAddress())
                .with("gateway.store.url", "none")
                .with("gateway.security.api-keys.bench.sha256", ApiKey.sha256(key))
                .with("gateway.security.api-keys.bench.roles", "bench")
                .with("gateway.security.rules.bench.publish", "*");
        issuer.settings("bench").forEach(builder::with);
        settings.forEach(builder::with);
        return builder.start();
    }

    private ClientProcess client() {
        return process(
                "client", () -> new ClientProcess(broker.nameServerAddress(), topic, scratch), ClientProcess::close);
    }

    /** The RocketMQ client alone; the modes are those of {@link ClientAlone}. */
    Side client(String mode, int n, int size) {
        return new Side(client().pid(), List.of(topic), true, time -> client().run(mode, n, size, time));
    }

    /** One message per request. */
    Side gateway(String mode, int connections, int size) {
        return messages(gateway(), mode, connections, size);
    }

    Side gatewayWithoutCoalescing(String mode, int connections, int size) {
        return messages(gatewayWithoutCoalescing(), mode, connections, size);
    }

    /** One message per request, with tracing, of which nothing is recorded. */
    Side gatewayWithTracing(String mode, int connections, int size) {
        return messages(gatewayWithTracing(), mode, connections, size);
    }

    private Side messages(GatewayProcess gateway, String mode, int connections, int size) {
        var requests = Oha.Requests.http1(url(gateway, topic, "messages", mode), body(size), connections);
        return new Side(gateway.process().pid(), List.of(topic), !mode.equals("oneway"), time -> oha.run(requests, time)
                .load(1));
    }

    /** One message per request, of a caller with an API key. */
    Side gatewayWithApiKey(String mode, int connections, int size) {
        return messagesWith("Authorization: Bearer " + key, mode, connections, size);
    }

    /** One message per request, of a caller with a token, which is verified once. */
    Side gatewayWithToken(String mode, int connections, int size) {
        return messagesWith("Authorization: Bearer " + token(), mode, connections, size);
    }

    /** One message per request, of an anonymous caller, with a header as long as that of a token. */
    Side gatewayWithUnreadHeader(String mode, int connections, int size) {
        return messagesWith("Documentation: Bearer " + token(), mode, connections, size);
    }

    private String token() {
        return issuer.token("bench", List.of("bench"), claims -> claims.setExpirationTimeMinutesInTheFuture(600));
    }

    private Side messagesWith(String header, String mode, int connections, int size) {
        var gateway = gateway();
        var requests = Oha.Requests.http1(url(gateway, topic, "messages", mode), body(size), connections)
                .with(header);
        return new Side(gateway.process().pid(), List.of(topic), true, time -> oha.run(requests, time)
                .load(1));
    }

    /** A hundred messages per request, each a line, with 16 connections. */
    Side lines(int size) {
        return lines(gateway(), size);
    }

    /**
     * As {@link #lines(int)}, of another build of the gateway.
     *
     * @param build its quarkus-app directory
     */
    Side otherLines(Path build, int size) {
        return lines(other(build), size);
    }

    private Side lines(GatewayProcess gateway, int size) {
        return batches(gateway, "application/x-ndjson", ("\"" + "x".repeat(size - 2) + "\"\n").repeat(BATCH));
    }

    /** A hundred messages per request, in one JSON document, with 16 connections. */
    Side json(int size) {
        var message = "{\"body\":\"" + "x".repeat(size) + "\"}";
        return batches(
                gateway(),
                "application/json",
                "{\"messages\":[" + String.join(",", Collections.nCopies(BATCH, message)) + "]}");
    }

    private Side batches(GatewayProcess gateway, String contentType, String body) {
        var file = write("batch-" + Integer.toHexString(body.hashCode()), body);
        var requests =
                new Oha.Requests(List.of(url(gateway, topic, "messages:batch", "async")), file, contentType, 16, 0);
        return new Side(gateway.process().pid(), List.of(topic), true, time -> oha.run(requests, time)
                .load(BATCH));
    }

    /** One connection with so many requests per second, sent and measured as {@code client("paced", …)} does. */
    Side pacedGateway(String mode, int perSecond, int size) {
        return paced(gateway(), mode, perSecond, size);
    }

    /**
     * As {@link #pacedGateway}, of another build of the gateway.
     *
     * @param build its quarkus-app directory
     */
    Side otherPacedGateway(Path build, String mode, int perSecond, int size) {
        return paced(other(build), mode, perSecond, size);
    }

    private Side paced(GatewayProcess gateway, String mode, int perSecond, int size) {
        var url = url(gateway, topic, "messages", mode);
        return new Side(gateway.process().pid(), List.of(topic), true, time -> client().run(
                        "post=" + url, perSecond, size, time));
    }

    private GatewayProcess other(Path build) {
        return process(
                build.toString(), () -> startGateway(GatewayProcess.builder(build), Map.of()), GatewayProcess::close);
    }

    /** Over any topics, with HTTP/1.1 or 2. */
    Side gateway(List<String> topics, int connections, int streams, int size) {
        return over(gateway(), topics, connections, streams, size);
    }

    private Side over(GatewayProcess gateway, List<String> topics, int connections, int streams, int size) {
        var urls = topics.stream()
                .map(each -> url(gateway, each, "messages", "async"))
                .toList();
        var requests = new Oha.Requests(urls, body(size), "text/plain", connections, streams);
        return new Side(gateway.process().pid(), topics, true, time -> oha.run(requests, time)
                .load(1));
    }

    /**
     * As {@link #gateway(List, int, int, int)}, of another build of the gateway.
     *
     * @param build its quarkus-app directory
     */
    Side otherGateway(Path build, List<String> topics, int connections, int streams, int size) {
        return over(other(build), topics, connections, streams, size);
    }

    /** HTTP without a broker. */
    Side floor(int connections, int size) {
        var floor = process("floor", () -> YardstickServer.floor(scratch), YardstickServer::close);
        var requests = Oha.Requests.http1(floor.messages(topic, "async"), body(size), connections);
        return new Side(
                floor.pid(), List.of(), true, time -> oha.run(requests, time).load(1));
    }

    Side spring(String mode, int connections, int size) {
        var spring = process(
                "spring", () -> YardstickServer.spring(scratch, broker.nameServerAddress()), YardstickServer::close);
        var requests = Oha.Requests.http1(spring.messages(topic, mode), body(size), connections);
        return new Side(spring.pid(), List.of(topic), true, time -> oha.run(requests, time)
                .load(1));
    }

    private static String url(GatewayProcess gateway, String topic, String what, String mode) {
        return "%s/topics/%s/%s?mode=%s".formatted(gateway.root(), topic, what, mode);
    }

    private Path body(int size) {
        return write("body-" + size, "x".repeat(size));
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(scratch.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked")
    private <T> T process(String name, Supplier<T> start, Consumer<T> stop) {
        return (T) processes.computeIfAbsent(name, missing -> {
            var process = start.get();
            stops.push(() -> stop.accept(process));
            return process;
        });
    }

    @Override
    public void close() {
        stops.forEach(Runnable::run);
    }
}
