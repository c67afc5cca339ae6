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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * A webhook endpoint for developers: accepts every webhook and shows the latest webhooks. Keeps them in memory until the next live
 * reload.
 */
@IfBuildProfile("dev")
@ApplicationScoped
@Path("/dev/inbox")
@Blocking
class InboxResource {

    private static final int KEPT = 100;

    /** Header with which a webhook does not cause a live reload; see application.properties. */
    private static final String OF_DEV_MODE = "x-quarkus-hot-deployment-done";

    /** How long a request waits for the first webhook, so that a curl directly after the first publish shows this webhook. */
    private static final Duration WAIT_FOR_THE_FIRST = Duration.ofSeconds(5);

    private final Deque<ReceivedWebhook> latest = new ArrayDeque<>();
    private long count;

    @POST
    @Consumes(MediaType.WILDCARD)
    @Operation(hidden = true)
    public void receive(InputStream body, @Context HttpHeaders headers) {
        var names = new TreeMap<String, String>();
        headers.getRequestHeaders().forEach((name, values) -> names.put(name, String.join(", ", values)));
        names.keySet().removeIf(OF_DEV_MODE::equalsIgnoreCase);
        try {
            var bytes = body.readAllBytes();
            synchronized (latest) {
                count++;
                latest.addFirst(new ReceivedWebhook(count, Instant.now(), names, bytes));
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
        return awaitFirst().stream().map(ReceivedWebhook::asText).collect(Collectors.joining(System.lineSeparator()));
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON + ";qs=0.5")
    @Operation(hidden = true)
    public List<ReceivedWebhook> json() {
        return list();
    }

    @GET
    @Produces(MediaType.TEXT_HTML + ";qs=0.5")
    @Operation(hidden = true)
    public InputStream page() {
        return Pages.open("inbox.html");
    }

    private List<ReceivedWebhook> list() {
        synchronized (latest) {
            return new ArrayList<>(latest);
        }
    }

    private List<ReceivedWebhook> awaitFirst() throws InterruptedException {
        long end = System.nanoTime() + WAIT_FOR_THE_FIRST.toNanos();
        synchronized (latest) {
            for (long left = end - System.nanoTime(); latest.isEmpty() && left > 0; left = end - System.nanoTime()) {
                latest.wait(Math.max(1, left / 1_000_000));
            }
            return new ArrayList<>(latest);
        }
    }
}
