package dev.rocketgateway.publish.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.answer.Causes;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import dev.rocketgateway.publish.SendMode;
import dev.rocketgateway.publish.SendReceipt;
import dev.rocketgateway.publish.attributes.MessageAttributes;
import dev.rocketgateway.publish.attributes.RequestAttributes;
import dev.rocketgateway.publish.send.SendingFixture;
import dev.rocketgateway.tracing.SendTraces;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LinePublicationTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String PIECE = "x\n".repeat(1000);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SendingFixture fixture = new SendingFixture("max-message-size", "10", "body-timeout", "10s");
    private final LinePublication lines = of(fixture);
    private final Context eventLoop = VERTX.getOrCreateContext();
    private final Map<String, Handler<Object>> handlers = new ConcurrentHashMap<>();
    private volatile boolean flowing;

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    private static LinePublication of(SendingFixture fixture) {
        return new LinePublication(
                fixture.publisher,
                new BatchSending(fixture.sending, fixture.publisher, SendTraces.off()),
                fixture.admission.config,
                fixture.admission.metrics,
                VERTX);
    }

    private static <T> T fake(Class<T> type, Map<String, UnaryOperator<Object>> methods) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            var behaviour = methods.get(method.getName());
            if (behaviour == null) {
                throw new UnsupportedOperationException(method.toString());
            }
            var result = behaviour.apply(given == null ? self : given[0]);
            return result == null ? self : result;
        }));
    }

    @SuppressWarnings({"unchecked", "NullAway"})
    private UnaryOperator<Object> keeping(String name) {
        return handler -> {
            handlers.put(name, (Handler<Object>) handler);
            return null;
        };
    }

    @SuppressWarnings("NullAway")
    private UnaryOperator<Object> flowing(boolean next) {
        return self -> {
            flowing = next;
            return null;
        };
    }

    private RoutingContext context() {
        var request = fake(
                HttpServerRequest.class,
                Map.of(
                        "handler", keeping("body"),
                        "endHandler", keeping("end"),
                        "exceptionHandler", keeping("fault"),
                        "headers", self -> MultiMap.caseInsensitiveMultiMap(),
                        "path", self -> "/v1/topics/orders/messages",
                        "resume", flowing(true),
                        "pause", flowing(false)));
        return fake(RoutingContext.class, Map.of("request", self -> request, "get", key -> "request-1"));
    }

    private CompletableFuture<BatchOutcomes> publishing(LinePublication publication, Duration timeout) {
        var topic = new TopicName("orders");
        var batch = new Batch(
                topic,
                SendMode.SYNC,
                new RequestAttributes(MessageAttributes.NONE, Optional.of(timeout)),
                fixture.admission.rates.of("caller", topic, (field, value) -> {}),
                io.opentelemetry.context.Context.root());
        var permit = fixture.admission.inFlight.acquire();
        var outcomes = new CompletableFuture<BatchOutcomes>();
        eventLoop.runOnContext(
                now -> publication.publish(batch, context(), permit).whenComplete((done, failure) -> {
                    if (failure == null) {
                        outcomes.complete(done);
                    } else {
                        outcomes.completeExceptionally(failure);
                    }
                }));
        return outcomes;
    }

    private CompletableFuture<BatchOutcomes> publishing() {
        return publishing(lines, LONG);
    }

    private void arrives(String text) {
        eventLoop.runOnContext(now -> handlers.get("body").handle(Buffer.buffer(text)));
    }

    @SuppressWarnings("NullAway")
    private void ends() {
        eventLoop.runOnContext(now -> handlers.get("end").handle(null));
    }

    private static JsonNode answer(CompletableFuture<BatchOutcomes> outcomes) {
        try {
            return JSON.readTree(outcomes.join().answer(JSON).body().bytes());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ProblemType failure(CompletableFuture<BatchOutcomes> outcomes) {
        var failure = Causes.of(catchThrowable(outcomes::join));
        assertThat(failure).isInstanceOf(GatewayException.class);
        return ((GatewayException) failure).type();
    }

    private static CompletableFuture<List<SendReceipt>> refused(Reason reason) {
        return CompletableFuture.failedFuture(new SendFailedException(reason));
    }

    private static boolean has(List<OutgoingMessage> messages, String id) {
        return messages.stream().anyMatch(message -> message.id().equals(id));
    }

    private void awaitNothingHeld() {
        await().until(() -> fixture.admission.inFlight.messages() == 0 && fixture.admission.inFlight.bytes() == 0);
    }

    @Test
    void publishesEachLineThatIsNotBlank() {
        var outcomes = publishing();
        arrives("a\r\n\n  \nb\nc");
        ends();

        var answer = answer(outcomes);
        assertThat(answer.get("accepted").asInt()).isEqualTo(3);
        assertThat(answer.get("failed").asInt()).isZero();
        assertThat(fixture.calls).containsExactly(List.of("m0", "m1", "m2"));
        awaitNothingHeld();
    }

    @Test
    void failsALineThatIsTooLongAndPublishesTheNext() {
        var outcomes = publishing();
        arrives("a\nmuch too long for a message\nb\n");
        ends();

        var answer = answer(outcomes);
        assertThat(answer.get("accepted").asInt()).isEqualTo(2);
        assertThat(answer.at("/results/1/type").asText()).endsWith("message-too-large");
        assertThat(answer.has("stopped") && answer.get("stopped").asBoolean()).isFalse();
    }

    @Test
    void readsNothingWhileAPieceIsSent() {
        var stored = new CompletableFuture<Void>();
        fixture.behave(messages -> stored.thenCompose(now -> SendingFixture.stored(messages)));
        var outcomes = publishing();
        await().until(() -> flowing);
        arrives(PIECE);
        await().until(() -> !fixture.calls.isEmpty());
        await().until(() -> !flowing);

        stored.complete(null);
        await().until(() -> flowing);
        ends();

        assertThat(answer(outcomes).get("accepted").asInt()).isEqualTo(1000);
    }

    @Test
    void sendsAgainWhatABusyBrokerRefusedAndOnlyThat() {
        var busy = new AtomicInteger(2);
        fixture.behave(messages -> has(messages, "m1") && busy.getAndDecrement() > 0
                ? refused(Reason.BROKER_BUSY)
                : SendingFixture.stored(messages));
        var outcomes = publishing();
        arrives("0123456789\n0123456789\n0123456789\nlast one\n");
        ends();

        assertThat(answer(outcomes).get("accepted").asInt()).isEqualTo(4);
        assertThat(fixture.calls)
                .containsExactly(
                        List.of("m0", "m1", "m2"), List.of("m3"), List.of("m0", "m1", "m2"), List.of("m0", "m1", "m2"));
    }

    @Test
    void stopsAtABrokerThatIsBusyUntilTheTimeout() {
        fixture.behave(messages -> refused(Reason.BROKER_BUSY));
        var outcomes = publishing(lines, Duration.ofMillis(20));
        arrives(PIECE + "last");
        ends();

        var answer = answer(outcomes);
        assertThat(answer.get("type").asText()).endsWith("broker-busy");
        assertThat(answer.get("failed").asInt()).isEqualTo(1000);
        assertThat(answer.get("stopped").asBoolean()).isTrue();
        awaitNothingHeld();
    }

    @Test
    void stopsAtAFailureThatTheNextLineWouldHaveToo() {
        fixture.behave(
                messages -> has(messages, "m999") ? refused(Reason.UNAVAILABLE) : SendingFixture.stored(messages));
        var outcomes = publishing();
        arrives(PIECE + "last");
        ends();

        var answer = answer(outcomes);
        assertThat(answer.get("failed").asInt()).isPositive();
        assertThat(answer.get("accepted").asInt() + answer.get("failed").asInt())
                .as("the last line was not sent")
                .isEqualTo(1000);
        assertThat(answer.get("stopped").asBoolean()).isTrue();
    }

    @Test
    void endsAStreamAtTheShutdownAfterThePieceThatIsSent() {
        var stored = new CompletableFuture<Void>();
        fixture.behave(messages -> stored.thenCompose(now -> SendingFixture.stored(messages)));
        var outcomes = publishing();
        await().until(() -> flowing);
        arrives(PIECE);
        await().until(() -> !fixture.calls.isEmpty());

        lines.stop(new ShutdownDelayInitiatedEvent());
        var passed = new CompletableFuture<Void>();
        eventLoop.runOnContext(now -> passed.complete(null));
        passed.join();
        assertThat(outcomes).isNotDone();
        stored.complete(null);

        var answer = answer(outcomes);
        assertThat(answer.get("accepted").asInt()).isEqualTo(1000);
        assertThat(answer.get("stopped").asBoolean()).isTrue();
        assertThat(answer.at("/results/0/type").asText()).endsWith("shutting-down");
        assertThat(failure(publishing())).as("one that comes later").isEqualTo(ProblemType.SHUTTING_DOWN);
        awaitNothingHeld();
    }

    @Test
    void keepsTheResultsOfTheLinesBeforeABodyThatBreaksOff() {
        var outcomes = publishing(of(new SendingFixture("body-timeout", "100ms")), LONG);
        arrives(PIECE);

        var answer = answer(outcomes);
        assertThat(answer.get("accepted").asInt()).isEqualTo(1000);
        assertThat(answer.at("/results/0/type").asText()).endsWith("request-timeout");

        assertThat(failure(publishing(of(new SendingFixture("body-timeout", "1ms")), LONG)))
                .as("without a line before it")
                .isEqualTo(ProblemType.REQUEST_TIMEOUT);
    }

    @Test
    void refusesABodyWithoutAMessage() {
        var outcomes = publishing();
        arrives("\n \n");
        ends();

        assertThat(failure(outcomes)).isEqualTo(ProblemType.EMPTY_BODY);
        awaitNothingHeld();
    }

    @Test
    void holdsItsPermitUntilTheClientHasReleasedTheMessages() {
        var late = new CompletableFuture<Void>();
        fixture.behave(messages -> late.thenCompose(now -> SendingFixture.stored(messages)));
        var outcomes = publishing(lines, Duration.ofMillis(20));
        arrives("a");
        ends();

        assertThat(answer(outcomes).get("type").asText()).endsWith("broker-timeout");
        assertThat(fixture.admission.inFlight.messages()).isEqualTo(1);
        late.complete(null);
        awaitNothingHeld();
    }
}
