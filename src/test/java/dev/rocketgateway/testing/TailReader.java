package dev.rocketgateway.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.awaitility.Awaitility;

/** A caller of {@code messages:tail}, which reads server-sent events as a browser does. */
public final class TailReader implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(40);

    /**
     * An event.
     *
     * @param name {@code message} if the event has none
     * @param id the last id so far
     */
    public record Event(String name, String id, JsonNode data) {

        public String body() {
            return data.get("body").textValue();
        }
    }

    private final HttpResponse<InputStream> response;
    private final List<Event> events = Collections.synchronizedList(new ArrayList<>());
    private final List<String> comments = Collections.synchronizedList(new ArrayList<>());
    private final Thread thread;
    private volatile String lastId = "";
    private volatile boolean ended;

    private TailReader(HttpResponse<InputStream> response) {
        this.response = response;
        this.thread = new Thread(this::read, "tail-reader");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Opens a stream and waits for its head.
     *
     * @param query without the question mark; may be empty
     * @param headers names and values in turn
     */
    public static TailReader open(GatewayProcess gateway, String topic, String query, String... headers) {
        try {
            var path = "/topics/" + topic + "/messages:tail" + (query.isEmpty() ? "" : "?" + query);
            var response =
                    gateway.http().send(gateway.request(path, headers).GET().build(), BodyHandlers.ofInputStream());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(response.statusCode() + " "
                        + new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
            }
            return new TailReader(response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            var name = "message";
            var data = "";
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    if (!data.isEmpty()) {
                        events.add(new Event(name, lastId, parse(data)));
                    }
                    name = "message";
                    data = "";
                } else if (line.startsWith(":")) {
                    comments.add(line);
                } else if (line.startsWith("id: ")) {
                    lastId = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data = line.substring(6);
                }
            }
        } catch (IOException cut) {
            // The test knows why.
        } finally {
            ended = true;
        }
    }

    private static JsonNode parse(String data) {
        try {
            return JSON.readTree(data);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    public HttpResponse<InputStream> response() {
        return response;
    }

    public List<Event> events(String name) {
        synchronized (events) {
            return events.stream().filter(event -> event.name().equals(name)).toList();
        }
    }

    public List<String> bodies() {
        return events("message").stream().map(Event::body).toList();
    }

    public List<String> comments() {
        synchronized (comments) {
            return List.copyOf(comments);
        }
    }

    /** The id with which the stream can be continued. */
    public String lastId() {
        return lastId;
    }

    /** Waits for that many messages, and gives back all there are. */
    public List<String> await(int atLeast) {
        Awaitility.await().atMost(LIMIT).until(() -> events("message").size() >= atLeast);
        return bodies();
    }

    public void awaitEnd() {
        Awaitility.await().atMost(LIMIT).until(() -> ended);
    }

    public boolean hasEnded() {
        return ended;
    }

    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException alreadyGone) {
            // There is nothing left to do.
        }
    }
}
