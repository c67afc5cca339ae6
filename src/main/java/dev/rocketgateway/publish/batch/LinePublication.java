package dev.rocketgateway.publish.batch;

import com.google.common.primitives.Ints;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.answer.Causes;
import dev.rocketgateway.publish.MessagePublisher;
import dev.rocketgateway.publish.PublishConfig;
import dev.rocketgateway.publish.admission.InFlightLimit;
import dev.rocketgateway.publish.admission.PublishMetrics;
import dev.rocketgateway.publish.admission.RateLimits;
import dev.rocketgateway.publish.admission.ReferenceCount;
import dev.rocketgateway.publish.attributes.MessageAttributes;
import dev.rocketgateway.publish.send.SendOutcome;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Publishes each line of a body while the rest is still arriving.
 *
 * <p>If a broker is busy, the gateway sends the lines again until their timeout ends, and reads no more lines meanwhile. This slows
 * the caller down. After the timeout, or after any other failure, the reading stops, because the failure would affect the next
 * lines too. Only a failure of a single line, such as a line that is too long, does not stop it.
 */
@Singleton
class LinePublication {

    static final String LINE_TYPE = "application/json";
    private static final Duration PAUSE = Duration.ofMillis(50);

    /** Longest pause between reads, so that {@code quarkus.http.idle-timeout} does not close the connection. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    /** Problems after which nothing was stored and the same message may succeed a moment later. */
    private static final Set<ProblemType> BUSY = EnumSet.of(ProblemType.OVERLOADED, ProblemType.BROKER_BUSY);

    private final MessagePublisher publisher;
    private final BatchSending sending;
    private final PublishConfig config;
    private final PublishMetrics metrics;
    private final Vertx vertx;
    private final Set<LineStream> open = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    LinePublication(
            MessagePublisher publisher,
            BatchSending sending,
            PublishConfig config,
            PublishMetrics metrics,
            Vertx vertx) {
        this.publisher = publisher;
        this.sending = sending;
        this.config = config;
        this.metrics = metrics;
        this.vertx = vertx;
    }

    /** Ends streams at shutdown, because a stream can take longer than the shutdown. The response says how far the stream came. */
    void stop(@Observes ShutdownDelayInitiatedEvent event) {
        stopping = true;
        open.forEach(stream -> stream.stop(stopping()));
    }

    private static GatewayException stopping() {
        return GatewayException.of(
                ProblemType.SHUTTING_DOWN,
                "This replica is stopping; this line and the lines after it were not stored.");
    }

    CompletionStage<BatchOutcomes> publish(Batch batch, RoutingContext context, InFlightLimit.Permit permit) {
        var request = context.request();
        var attributes = batch.attributes();
        var timeout = attributes.timeout().orElse(publisher.defaultTimeout());
        var outcomes = new BatchOutcomes(batch.mode(), config.maxBatchMessages(), context);
        int maxSize = Ints.saturatedCast(config.maxMessageSize().asLongValue());
        var held = new ReferenceCount(permit::release);
        LineStream.Taker taker = (piece, lastRead) -> {
            var entries = piece.stream()
                    .map(line -> entry(line, attributes.message(), batch, maxSize))
                    .toList();
            held.hold();
            return turn(batch.rate(), entries.size(), lastRead, false)
                    .thenCompose(
                            turn -> sendPatiently(entries, batch, timeout, System.nanoTime() + timeout.toNanos(), held))
                    .whenComplete((sent, failure) -> held.release())
                    .thenApply(sent -> {
                        sent.forEach(outcomes::add);
                        return sent.stream().allMatch(LinePublication::concernsNoOther);
                    });
        };
        var lines = new LineBuffer(
                maxSize, attributes.message().size(), batch.rate().turn());
        var stream = LineStream.read(vertx, request, permit, lines, config.bodyTimeout(), taker);
        open.add(stream);
        if (stopping) {
            stream.stop(stopping());
        }
        return stream.done()
                .whenComplete((readToEnd, failure) -> {
                    open.remove(stream);
                    held.release();
                })
                .exceptionallyCompose(failure -> stopped(outcomes, failure))
                .thenApply(readToEnd -> {
                    if (!readToEnd) {
                        outcomes.stop();
                    }
                    if (outcomes.count() == 0) {
                        throw GatewayException.of(
                                ProblemType.EMPTY_BODY,
                                "The body has no message; send at least one line that is not blank.");
                    }
                    return outcomes;
                });
    }

    /** Records a read failure as the result of the next line; earlier lines keep their results. */
    private static CompletableFuture<Boolean> stopped(BatchOutcomes outcomes, Throwable failure) {
        var cause = Causes.of(failure);
        if (outcomes.count() == 0 || !(cause instanceof GatewayException problem)) {
            return CompletableFuture.failedFuture(cause);
        }
        outcomes.add(new SendOutcome.Failed(problem));
        return CompletableFuture.completedFuture(false);
    }

    private BatchEntry entry(LineBuffer.Line line, MessageAttributes attributes, Batch batch, int maxSize) {
        if (line.tooLong()) {
            return new BatchEntry.Refused(GatewayException.of(
                    ProblemType.MESSAGE_TOO_LARGE,
                    "The line is longer than the limit of %d bytes.".formatted(maxSize)));
        }
        metrics.taken(line.bytes().length);
        return new BatchEntry.Valid(attributes.toMessage(publisher.nextMessageId(), batch.topic(), line.bytes()));
    }

    /** Waits until the rate has enough tokens. Fails if the connection would be silent for too long, or if the service stops. */
    private CompletableFuture<Void> turn(RateLimits.Share rate, int messages, long lastRead, boolean again) {
        var refusal = rate.tryTurn(messages, again);
        if (refusal.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        if (stopping) {
            return CompletableFuture.failedFuture(stopping());
        }
        var delay = refusal.get().delay();
        if (System.nanoTime() - lastRead + delay.toNanos() > LONGEST_SILENCE.toNanos()) {
            return CompletableFuture.failedFuture(refusal.get().toProblemOfALine());
        }
        return after(delay.compareTo(LOOK_AGAIN) < 0 ? delay : LOOK_AGAIN)
                .thenCompose(waited -> turn(rate, messages, lastRead, true));
    }

    /** Retries messages that a busy broker refused, until the caller's timeout. */
    private CompletableFuture<List<SendOutcome>> sendPatiently(
            List<BatchEntry> entries, Batch batch, Duration timeout, long deadline, ReferenceCount held) {
        held.hold();
        return sending.sendValid(entries, batch.mode(), timeout, batch.trace(), held::release)
                .thenCompose(outcomes -> {
                    var again = new ArrayList<Integer>();
                    for (int i = 0; i < outcomes.size(); i++) {
                        if (isAny(outcomes.get(i), BUSY)
                                || isAny(outcomes.get(i), Set.of(ProblemType.EARLIER_MESSAGE_FAILED))) {
                            again.add(i);
                        }
                    }
                    if (outcomes.stream().noneMatch(outcome -> isAny(outcome, BUSY))
                            || System.nanoTime() - deadline > 0) {
                        return CompletableFuture.completedFuture(outcomes);
                    }
                    return after(PAUSE)
                            .thenCompose(waited -> sendPatiently(
                                    again.stream().map(entries::get).toList(), batch, timeout, deadline, held))
                            .thenApply(later -> {
                                var all = new ArrayList<>(outcomes);
                                for (int i = 0; i < again.size(); i++) {
                                    all.set(again.get(i), later.get(i));
                                }
                                return List.copyOf(all);
                            });
                });
    }

    private CompletableFuture<Void> after(Duration pause) {
        var passed = new CompletableFuture<Void>();
        vertx.setTimer(Math.max(1, pause.toMillis()), timer -> passed.complete(null));
        return passed;
    }

    private static boolean concernsNoOther(SendOutcome outcome) {
        return !outcome.failed() || isAny(outcome, Set.of(ProblemType.MESSAGE_TOO_LARGE));
    }

    private static boolean isAny(SendOutcome outcome, Set<ProblemType> types) {
        return outcome instanceof SendOutcome.Failed failed
                && types.contains(failed.problem().type());
    }
}
