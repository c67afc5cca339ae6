package dev.rocketgateway.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** A webhook's endpoint that remembers what it got and can wait for it. */
public final class TestEndpoint implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(40);

    private volatile HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger number = new AtomicInteger();
    private final Answers answers;

    /** A request as it arrived; header names in lower case. */
    public record Request(Instant at, String method, String path, Map<String, String> headers, byte[] body) {

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        public String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /** An answer that says more than its status; the body may be empty. */
    public record Answer(int status, Map<String, String> headers, String body) {

        public static Answer of(int status) {
            return new Answer(status, Map.of(), "");
        }
    }

    private interface Answers {

        Answer to(int number, Request request);
    }

    private TestEndpoint(Answers answers) {
        this.answers = answers;
        server = started(0);
    }

    private HttpServer started(int port) {
        try {
            var next = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            next.setExecutor(threads);
            next.createContext("/", this::handle);
            next.start();
            return next;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nobody listens any more, until {@link #comeBack}. */
    public void goAway() {
        server.stop(0);
    }

    /** Listens again where it was. */
    public void comeBack() {
        server = started(server.getAddress().getPort());
    }

    /** Answers the first requests with these statuses in turn, and all further ones with the last. */
    public static TestEndpoint answering(int... inTurn) {
        return new TestEndpoint(
                (number, request) -> new Answer(inTurn[Math.min(number, inTurn.length - 1)], Map.of(), ""));
    }

    /** Asks for each answer when it is due. */
    public static TestEndpoint answering(Supplier<Answer> next) {
        return new TestEndpoint((number, request) -> next.get());
    }

    /** Answers each request by what it is, and not before that is known. */
    public static TestEndpoint answering(Function<Request, Answer> each) {
        return new TestEndpoint((number, request) -> each.apply(request));
    }

    /** The same with answers that say more. */
    public static TestEndpoint answering(Answer first, Answer... next) {
        return new TestEndpoint((number, request) -> number == 0 ? first : next[Math.min(number, next.length) - 1]);
    }

    public String url() {
        return root().resolve("/hook").toString();
    }

    /** It answers at every path. */
    public URI root() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    public List<Request> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    /** How many requests it has had so far. */
    public int count() {
        return requests.size();
    }

    /** Waits for that many requests and gives back all there are. */
    public List<Request> await(int atLeast) {
        Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(20)).until(() -> requests.size() >= atLeast);
        return requests();
    }

    /** Waits for a request with this body. */
    public Request awaitBody(String text) {
        return Awaitility.await()
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> requests().stream()
                                .filter(request -> request.text().equals(text))
                                .findFirst()
                                .orElse(null),
                        found -> found != null);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var headers = exchange.getRequestHeaders().entrySet().stream()
                    .collect(Collectors.toMap(
                            header -> header.getKey().toLowerCase(Locale.ROOT),
                            header -> String.join(", ", header.getValue()),
                            (one, other) -> one,
                            TreeMap::new));
            var request = new Request(
                    Instant.now(),
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    headers,
                    exchange.getRequestBody().readAllBytes());
            var answer = answers.to(number.getAndIncrement(), request);
            requests.add(request);
            answer.headers().forEach(exchange.getResponseHeaders()::set);
            var content = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), content.length == 0 ? -1 : content.length);
            if (content.length > 0) {
                exchange.getResponseBody().write(content);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
