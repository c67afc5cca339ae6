package dev.rocketgateway.deliver.attempt;

import static dev.rocketgateway.deliver.Messages.message;
import static dev.rocketgateway.deliver.attempt.ScriptedSender.failed;
import static dev.rocketgateway.deliver.attempt.ScriptedSender.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.deliver.Messages;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.webhook.WebhookOutcome;
import dev.rocketgateway.webhook.WebhookOutcome.Failure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageDeliveryTest extends DeliveryFixture {

    @ParameterizedTest
    @CsvSource({"200", "202", "204", "299"})
    void acknowledgesWhatTheEndpointTook(int status) {
        delivery(ScriptedSender.with(status(status)));

        assertThat(deliver(message("m", 1))).containsExactly(ACKNOWLEDGED);
        assertThat(events.all()).containsExactly("started", "ended 2xx", "attempted m ACK");
    }

    @ParameterizedTest
    @CsvSource({"302", "401", "404", "429", "500", "503"})
    void redeliversByTheBrokersPlan(int status) {
        delivery(ScriptedSender.with(status(status)));

        assertThat(deliver(message("m", 1))).containsExactly(redeliver());
        assertThat(events.all()).contains("attempted m RETRY");
    }

    @Test
    void redeliversByTheSubscriptionsSchedule() {
        delivery(ScriptedSender.with(status(500)), "retry.schedule", "2s,20s");

        assertThat(deliver(message("m", 2))).containsExactly(redeliver("PT20S"));
    }

    @ParameterizedTest
    @EnumSource(value = Failure.class, mode = EnumSource.Mode.EXCLUDE, names = "ABORTED")
    void redeliversWhenThereIsNoAnswer(Failure failure) {
        delivery(ScriptedSender.with(failed(failure)));

        assertThat(deliver(message("m", 1))).containsExactly(redeliver());
    }

    @Test
    void givesUpAfterTheLastAttempt() {
        delivery(ScriptedSender.with(status(500)), "retry.max-attempts", "3");

        assertThat(deliver(message("m", 2))).containsExactly(redeliver());
        assertThat(deliver(message("m", 3))).containsExactly(DEAD);
        assertThat(events.all()).endsWith("attempted m DEAD_LETTER", "dead-lettered m exhausted");
    }

    @ParameterizedTest
    @CsvSource({"500, 3", "500, 4", "422, 1"})
    void keepsAMessageThatHoldsItsQueue(int status, int attempt) {
        delivery(
                ScriptedSender.with(status(status)),
                "source.mode",
                "ORDERED",
                "retry.max-attempts",
                "3",
                "retry.on-exhausted",
                "BLOCK",
                "retry.schedule",
                "5s");

        assertThat(deliver(message("m", attempt))).containsExactly(redeliver("PT5S"));
        assertThat(events.all()).endsWith("attempted m RETRY");
    }

    @ParameterizedTest
    @CsvSource({"400", "413", "422", "501"})
    void givesUpAtOnceWhatTheEndpointRefuses(int status) {
        delivery(ScriptedSender.with(status(status)));

        assertThat(deliver(message("m", 1))).containsExactly(DEAD);
        assertThat(events.all()).endsWith("dead-lettered m refused");
    }

    @Test
    void sendsTheReasonAlongWhereDeadLettersGoToATopic() {
        delivery(ScriptedSender.with(status(422)), "dead-letter.mode", "TOPIC", "dead-letter.topic", "dead");

        assertThat(deliver(message("m", 4))).containsExactly(ACKNOWLEDGED);

        assertThat(forwarded).singleElement().satisfies(copy -> {
            assertThat(copy.id()).isEqualTo("m");
            assertThat(copy.topic().value()).isEqualTo("dead");
            assertThat(copy.body()).isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
            assertThat(copy.properties())
                    .containsEntry("deadLetterReason", "refused")
                    .containsEntry("deadLetterSubscription", "billing")
                    .containsEntry("deadLetterTopic", "orders")
                    .containsEntry("deadLetterAttempts", "4")
                    .containsEntry("deadLetterDetail", "the endpoint answered 422");
        });
    }

    @Test
    void triesAgainWhenTheTopicForDeadLettersDoesNotTakeIt() {
        delivery(ScriptedSender.with(status(422)), "dead-letter.mode", "TOPIC", "dead-letter.topic", "dead");
        forwarding = false;

        assertThat(deliver(message("m", 4))).containsExactly(redeliver());
        assertThat(events.all()).noneMatch(event -> event.startsWith("dead-lettered"));
    }

    @Test
    void dropsDeadLettersWhereTheSubscriptionSaysSo() {
        delivery(ScriptedSender.with(status(422)), "dead-letter.mode", "DROP");

        assertThat(deliver(message("m", 1))).containsExactly(ACKNOWLEDGED);
        assertThat(events.all()).endsWith("dead-lettered m refused");
    }

    @Test
    void waitsAsLongAsTheEndpointAsksAndHoldsTheOthers() {
        var sender = ScriptedSender.with(status(429, Duration.ofSeconds(25)), status(200));
        delivery(sender);

        assertThat(deliver(message("m", 1))).containsExactly(redeliver("PT25S"));
        var other = delivering(message("n", 1));
        await().until(() -> gate.waiting() == 1);
        after(Duration.ofMillis(24_999));
        assertThat(other).isNotDone();
        after(Duration.ofMillis(1));

        assertThat(other.join()).containsExactly(ACKNOWLEDGED);
        assertThat(sender.sent()).hasSize(2);
    }

    @Test
    void spendsNoAttemptOnProbesThatFail() {
        var sender = ScriptedSender.with(
                status(503, Duration.ofSeconds(5)),
                failed(Failure.CONNECT_REFUSED),
                failed(Failure.CONNECT_REFUSED),
                status(200));
        delivery(sender);
        deliver(message("m", 1));

        var other = delivering(message("n", 1));
        for (int probe = 1; probe <= 3; probe++) {
            int sent = probe;
            await().until(() -> gate.waiting() == 1 && sender.sent().size() == sent);
            after(gate.nextProbeIn());
        }

        assertThat(other.join()).containsExactly(ACKNOWLEDGED);
        assertThat(events.all().stream().filter("attempted n HOLD"::equals)).hasSize(2);
    }

    @Test
    void isNotHeldBackByOneMessageTheEndpointFailsWith() {
        var script = new ScriptedSender(number -> CompletableFuture.completedStage(
                number == 0 ? status(503, Duration.ofSeconds(5)) : number <= 3 ? status(500) : status(200)));
        delivery(script);
        deliver(message("m", 1));
        var bad = delivering(message("bad", 1));
        for (int probe = 1; probe <= 3; probe++) {
            int sent = probe;
            await().until(() -> gate.waiting() == 1 && script.sent().size() == sent);
            after(gate.nextProbeIn());
        }
        await().until(() -> gate.waiting() == 1 && script.sent().size() == 4);

        after(gate.nextProbeIn());
        var good = delivering(message("good", 1));

        assertThat(good.join()).containsExactly(ACKNOWLEDGED);
        assertThat(script.sent().get(4).id()).isEqualTo("good");
        assertThat(bad.join()).containsExactly(ACKNOWLEDGED);
    }

    @Test
    void keepsTheMessageWhenTheEndpointIsGone() {
        delivery(ScriptedSender.with(status(410)));

        var kept = delivering(message("m", 1));
        await().until(() -> gate.waiting() == 1);

        assertThat(pauses).containsExactly("gone");
        assertThat(gate.hold())
                .hasValueSatisfying(hold -> assertThat(hold.reason()).isEqualTo("gone"));
        delivery.end();
        assertThat(kept.join()).containsExactly(UNSETTLED);
    }

    @ParameterizedTest
    @EnumSource(WebhookOutcome.Cause.class)
    void keepsTheMessageWhileSomethingOfOursIsAtFault(WebhookOutcome.Cause cause) {
        delivery(ScriptedSender.with(new WebhookOutcome.Withheld(cause, "missing"), status(200)));

        var kept = delivering(message("m", 1));
        await().until(() -> gate.waiting() == 1);
        after(Duration.ofSeconds(1));

        assertThat(kept.join()).containsExactly(ACKNOWLEDGED);
        assertThat(events.all()).contains("attempted m HOLD");
    }

    @Test
    void leavesMessagesUnsettledWhenTheReceptionHasEnded() {
        var sender = ScriptedSender.with(status(200));
        delivery(sender).end();

        assertThat(deliver(message("m", 1))).containsExactly(UNSETTLED);
        assertThat(sender.sent()).isEmpty();
    }

    @Test
    void sendsNothingOfAQueueThatBelongsToAnother() {
        var sender = ScriptedSender.with(status(200));
        delivery(sender);

        assertThat(delivery.handle(List.of(message("m", 1)), () -> false)).containsExactly(redeliver());
        assertThat(sender.sent()).isEmpty();
    }

    @Test
    void leavesTheMessageUnsettledWhenItIsInterruptedWhileEnding() throws InterruptedException {
        delivery(new ScriptedSender(number -> new CompletableFuture<>()));
        var settlements = new CompletableFuture<List<Settlement>>();
        var thread = new Thread(() -> settlements.complete(deliver(message("m", 1))));
        thread.start();
        await().until(() -> events.all().contains("started"));

        delivery.end();
        thread.interrupt();

        assertThat(settlements.join()).containsExactly(UNSETTLED);
        thread.join();
    }

    @Test
    void redeliversWhenTheClientHasABug() {
        delivery(new ScriptedSender(number -> {
            throw new IllegalStateException("bug");
        }));

        assertThat(deliver(message("m", 1))).containsExactly(redeliver());
    }

    @Test
    void takesNewSettingsForTheNextWebhook() {
        var next = ScriptedSender.with(status(200));
        delivery(ScriptedSender.with(status(422)));

        delivery.use(new DeliverySettings(subscription("endpoint.url", "http://other/"), next));

        assertThat(deliver(message("m", 1))).containsExactly(ACKNOWLEDGED);
        assertThat(next.sent()).hasSize(1);
    }

    private static final String[] BATCH = {
        "payload.format", "JSON", "batch.max-messages", "8", "retry.max-attempts", "3"
    };

    @Test
    void decidesForEachMessageOfABatchByItsOwnAttempts() {
        var sender = ScriptedSender.with(status(500));
        delivery(sender, BATCH);

        assertThat(deliver(message("a", 1), message("b", 3), message("c", 2)))
                .containsExactly(redeliver(), DEAD, redeliver());
        assertThat(sender.sent()).hasSize(1);
    }

    @Test
    void findsTheOneTheEndpointRefusesBySendingOneByOne() {
        var sender = ScriptedSender.with(status(422), status(200), status(422), status(200));
        delivery(sender, BATCH);

        assertThat(deliver(message("a", 1), message("b", 1), message("c", 1)))
                .containsExactly(ACKNOWLEDGED, DEAD, ACKNOWLEDGED);
        assertThat(sender.sent()).hasSize(4);
    }

    @Test
    void redeliversTheOnesTheEndpointNames() {
        delivery(
                ScriptedSender.with(new WebhookOutcome.Answered(
                        200,
                        Optional.empty(),
                        "{\"batchItemFailures\":[{\"itemIdentifier\":\"b\"}]}".getBytes(StandardCharsets.UTF_8))),
                BATCH);

        assertThat(deliver(message("a", 1), message("b", 1), message("c", 1)))
                .containsExactly(ACKNOWLEDGED, redeliver(), ACKNOWLEDGED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"batchItemFailures\":[{\"itemIdentifier\":\"of another batch\"}]}",
                "{\"batchItemFailures\":[{\"itemIdentifier\":\"b\"},{\"itemIdentifier\":\"of another batch\"}]}",
                "{\"batchItemFailures\":[{\"itemIdentifier\":\"b\"},{\"itemIdent",
                "{\"batchItemFailures\":[{\"id\":\"b\"}]}",
                "{\"batchItemFailures\":[\"b\"]}",
                "{\"batchItemFailures\":\"b\"}",
                "[\"b\"]",
                "\"b\""
            })
    void redeliversAllWhereNobodyCanTellWhichFailed(String body) {
        delivery(
                ScriptedSender.with(
                        new WebhookOutcome.Answered(200, Optional.empty(), body.getBytes(StandardCharsets.UTF_8))),
                BATCH);

        assertThat(deliver(message("a", 1), message("b", 1))).containsExactly(redeliver(), redeliver());
        assertThat(events.attempts().get(0).detail()).startsWith("The endpoint answered 200, but its body");
    }

    /** The body is a list of one, and so may the list of failures be. */
    @ParameterizedTest
    @ValueSource(strings = {"{\"batchItemFailures\":[{\"itemIdentifier\":\"a\"}]}", "{\"batchItemFailures\":[{}]}"})
    void redeliversTheOnlyMessageOfABatchThatFailed(String body) {
        delivery(
                ScriptedSender.with(
                        new WebhookOutcome.Answered(200, Optional.empty(), body.getBytes(StandardCharsets.UTF_8))),
                BATCH);

        assertThat(deliver(message("a", 1))).containsExactly(redeliver());
    }

    @Test
    void readsNoFailuresFromTheAnswerToASingleMessage() {
        var body = "{\"batchItemFailures\":[{\"itemIdentifier\":\"a\"}]}";
        delivery(ScriptedSender.with(
                new WebhookOutcome.Answered(200, Optional.empty(), body.getBytes(StandardCharsets.UTF_8))));

        assertThat(deliver(message("a", 1))).containsExactly(ACKNOWLEDGED);
    }

    @Test
    void knowsTheEventsOfABatchByTheirOwnIds() {
        delivery(
                ScriptedSender.with(new WebhookOutcome.Answered(
                        200,
                        Optional.empty(),
                        "{\"batchItemFailures\":[{\"itemIdentifier\":\"e-2\"}]}".getBytes(StandardCharsets.UTF_8))),
                "payload.format",
                "CLOUDEVENTS_STRUCTURED",
                "batch.max-messages",
                "8");

        assertThat(deliver(event("a", "e-1"), event("b", "e-2"))).containsExactly(ACKNOWLEDGED, redeliver());
    }

    private static ReceivedMessage event(String messageId, String id) {
        return message(
                messageId,
                1,
                "{}".getBytes(StandardCharsets.UTF_8),
                Map.of("CE_specversion", "1.0", "CE_id", id, "CE_source", "/s", "CE_type", "t"));
    }

    @Test
    void letsAnotherProbeGoWhenOneEndedInABug() {
        var sender = ScriptedSender.with(status(503, Duration.ofSeconds(5)), status(200));
        delivery(sender);
        deliver(message("m", 1));
        after(Duration.ofSeconds(5));
        var broken = Messages.broken("n");

        assertThatThrownBy(() -> deliver(broken)).isInstanceOf(NullPointerException.class);

        assertThat(delivering(message("o", 1)).join()).containsExactly(ACKNOWLEDGED);
    }

    @Test
    void splitsWhatIsTooLargeForOneWebhook() {
        var sender = ScriptedSender.with(status(200));
        delivery(sender, "payload.format", "JSON", "batch.max-messages", "8", "batch.max-bytes", "1024");
        var large = IntStream.range(0, 4)
                .mapToObj(i -> message("m" + i, 1, new byte[400], Map.of()))
                .toArray(ReceivedMessage[]::new);

        assertThat(deliver(large)).hasSize(4).containsOnly(ACKNOWLEDGED);
        assertThat(sender.sent()).hasSize(2);
    }

    @Test
    void givesUpWhatHasNoFormToBeSentIn() {
        var sender = ScriptedSender.with(status(200));
        delivery(sender, "payload.format", "CLOUDEVENTS_STRUCTURED");
        var broken = message(
                "m",
                1,
                "no event".getBytes(StandardCharsets.UTF_8),
                Map.of("CE_contenttype", "application/cloudevents+json"));

        assertThat(deliver(broken)).containsExactly(DEAD);
        assertThat(events.all()).containsExactly("attempted m DEAD_LETTER", "dead-lettered m unrepresentable");
        assertThat(events.attempts().get(0).outcome().label()).isEqualTo("unrepresentable");
        assertThat(events.attempts().get(0).detail())
                .isEqualTo("the message is marked as a CloudEvent but is not JSON in UTF-8");
        assertThat(sender.sent()).isEmpty();
    }
}
