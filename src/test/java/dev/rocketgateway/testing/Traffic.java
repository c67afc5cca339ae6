package dev.rocketgateway.testing;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Load in both directions: messages published at a fixed rate through one URL, and an endpoint that receives all of them as webhooks.
 * Each message has a number, so what is lost and what comes twice is counted exactly.
 */
public final class Traffic implements AutoCloseable {

    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(30);
    private static final long TICK_MILLIS = 10;

    /** Each request in flight has a connection, and the proxy has 4,000. With more requests, callers would only wait for connections. */
    private static final int MAX_IN_FLIGHT = 3_000;

    private final URI target;
    private final Vertx vertx = Vertx.vertx();
    private final HttpServer endpoint;
    private final HttpClient http = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(MAX_IN_FLIGHT));
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "traffic");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicBoolean stopped = new AtomicBoolean();

    // Only the clock's thread uses these, once it publishes.
    private long dueSince;
    private double due;

    // All below is guarded by this.
    private final BitSet acknowledged = new BitSet();
    private final BitSet delivered = new BitSet();
    private final Map<String, Integer> failures = new TreeMap<>();
    private int next;
    private int sent;
    private int answered;
    private long duplicates;
    private long lastAcknowledgedAt = System.nanoTime();
    private long lastDeliveredAt = System.nanoTime();
    private long publishGap;
    private long deliveryGap;

    /**
     * What happened since the last account.
     *
     * @param failed requests that were answered with an error or not at all, by what happened
     * @param publishGap longest time between two acknowledgments
     * @param deliveryGap longest time between two webhooks
     */
    public record Account(
            int sent,
            int acknowledged,
            Map<String, Integer> failed,
            int lost,
            long duplicates,
            Duration publishGap,
            Duration deliveryGap) {

        public int failures() {
            return failed.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    public Traffic(URI target) {
        this.target = target;
        this.endpoint = vertx.createHttpServer()
                .requestHandler(request -> request.bodyHandler(body -> {
                    delivered(Integer.parseInt(body.toString()));
                    request.response().end();
                }))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /** Where the webhooks go. */
    public String endpoint() {
        return "http://127.0.0.1:" + endpoint.actualPort() + "/hook";
    }

    /**
     * Begins to publish.
     *
     * @param perSecond the rate; if publishing falls behind by more than a second, the messages beyond that are left out
     */
    public void publish(String topic, int perSecond) {
        var url = target.resolve("/topics/" + topic + "/messages?mode=async&tag=a");
        dueSince = System.nanoTime();
        clock.scheduleAtFixedRate(() -> publishDue(url, perSecond), 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void publishDue(URI url, int perSecond) {
        long now = System.nanoTime();
        due = Math.min(perSecond, due + (now - dueSince) * perSecond / 1e9);
        dueSince = now;
        while (due >= 1 && !stopped.get()) {
            int number = take();
            if (number < 0) {
                return;
            }
            send(url, number);
            due--;
        }
    }

    /** Returns the number of the next message, or -1 while too many have no answer. */
    private synchronized int take() {
        if (sent - answered >= MAX_IN_FLIGHT) {
            return -1;
        }
        sent++;
        return next++;
    }

    private void send(URI url, int number) {
        var options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(url.toString())
                .setTimeout(REQUEST_LIMIT.toMillis());
        http.request(options)
                .compose(request -> request.send(String.valueOf(number)))
                .compose(answer -> answer.end().map(answer.statusCode()))
                .onComplete(status -> answered(
                        number,
                        status.succeeded()
                                ? String.valueOf(status.result())
                                : status.cause().getClass().getSimpleName()));
    }

    private synchronized void answered(int number, String outcome) {
        answered++;
        if (outcome.equals("202")) {
            acknowledged.set(number);
            long now = System.nanoTime();
            publishGap = Math.max(publishGap, now - lastAcknowledgedAt);
            lastAcknowledgedAt = now;
        } else {
            failures.merge(outcome, 1, Integer::sum);
        }
    }

    private synchronized void delivered(int number) {
        long now = System.nanoTime();
        deliveryGap = Math.max(deliveryGap, now - lastDeliveredAt);
        lastDeliveredAt = now;
        if (delivered.get(number)) {
            duplicates++;
        }
        delivered.set(number);
    }

    /** Number of messages that the gateway acknowledged. */
    public synchronized int acknowledged() {
        return acknowledged.cardinality();
    }

    /** Acknowledged messages that have not arrived yet. */
    public synchronized int missing() {
        var missing = (BitSet) acknowledged.clone();
        missing.andNot(delivered);
        return missing.cardinality();
    }

    /** Whether at most as many acknowledged messages are on their way as are published in two seconds. */
    public synchronized boolean isCaughtUp(int perSecond) {
        return missing() <= 2 * perSecond && sent - answered <= 2 * perSecond;
    }

    public synchronized int unanswered() {
        return sent - answered;
    }

    /** Ends publishing; requests in flight are still counted. */
    public void stopPublishing() {
        stopped.set(true);
    }

    /** What happened since the last account. Lost is what is missing now: it counts only when nothing is on its way. */
    public synchronized Account account() {
        var account = new Account(
                sent,
                acknowledged.cardinality(),
                Map.copyOf(failures),
                missing(),
                duplicates,
                Duration.ofNanos(publishGap),
                Duration.ofNanos(deliveryGap));
        failures.clear();
        duplicates = 0;
        publishGap = 0;
        deliveryGap = 0;
        return account;
    }

    @Override
    public void close() {
        stopPublishing();
        clock.shutdownNow();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
