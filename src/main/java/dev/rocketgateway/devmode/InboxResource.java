package dev.rocketgateway.devmode;

import io.quarkus.arc.profile.IfBuildProfile;
import io.smallrye.common.annotation.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** A webhook endpoint to look at: takes everything, and shows the latest. In memory, until the next live reload. */
@IfBuildProfile("dev")
@ApplicationScoped
@Path("/dev/inbox")
@Blocking
class InboxResource {

    private static final int KEPT = 100;

    /** So that a curl right after the first publish does not come too early. */
    private static final Duration WAIT_FOR_THE_FIRST = Duration.ofSeconds(5);

    /** A webhook as it arrived. */
    record Received(Instant at, Map<String, String> headers, String body) {

        private String text() {
            return "%s POST /dev/inbox%n%s%n%n%s%n"
                    .formatted(
                            at,
                            headers.entrySet().stream()
                                    .map(header -> header.getKey() + ": " + header.getValue())
                                    .collect(Collectors.joining(System.lineSeparator())),
                            body);
        }
    }

    private final Deque<Received> latest = new ArrayDeque<>();

    @POST
    @Consumes(MediaType.WILDCARD)
    @Operation(hidden = true)
    public void receive(InputStream body, @Context HttpHeaders headers) {
        var names = new TreeMap<String, String>();
        headers.getRequestHeaders().forEach((name, values) -> names.put(name, String.join(", ", values)));
        try {
            var received = new Received(Instant.now(), names, new String(body.readAllBytes(), StandardCharsets.UTF_8));
            synchronized (latest) {
                latest.addFirst(received);
                while (latest.size() > KEPT) {
                    latest.removeLast();
                }
                latest.notifyAll();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @GET
    @Produces(MediaType.TEXT_PLAIN + ";charset=UTF-8")
    @Operation(hidden = true)
    public String text() throws InterruptedException {
        return awaitFirst().stream().map(Received::text).collect(Collectors.joining(System.lineSeparator()));
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON + ";qs=0.5")
    @Operation(hidden = true)
    public List<Received> json() {
        return list();
    }

    @GET
    @Produces(MediaType.TEXT_HTML + ";qs=0.5")
    @Operation(hidden = true)
    public InputStream page() {
        var page = InboxResource.class.getResourceAsStream("/dev/inbox.html");
        if (page == null) {
            throw new IllegalStateException("inbox.html is missing");
        }
        return page;
    }

    private List<Received> list() {
        synchronized (latest) {
            return new ArrayList<>(latest);
        }
    }

    private List<Received> awaitFirst() throws InterruptedException {
        long end = System.nanoTime() + WAIT_FOR_THE_FIRST.toNanos();
        synchronized (latest) {
            for (long left = end - System.nanoTime(); latest.isEmpty() && left > 0; left = end - System.nanoTime()) {
                latest.wait(Math.max(1, left / 1_000_000));
            }
            return new ArrayList<>(latest);
        }
    }
}
