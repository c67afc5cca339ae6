package dev.rocketgateway.deliver.attempt;

import static dev.rocketgateway.deliver.Messages.BORN;
import static dev.rocketgateway.deliver.attempt.ScriptedSender.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.deliver.event.DeadLettering;
import dev.rocketgateway.deliver.payload.PayloadFormat;
import dev.rocketgateway.deliver.payload.WebhookHeaders;
import dev.rocketgateway.deliver.report.DeliveryLog;
import dev.rocketgateway.message.PercentEncoding;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.testing.LogCapture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a producer of another kind wrote, its message is delivered in every form, and no line of the log is forged. */
@Isolated("it reads what is logged")
class ForeignMessagesTest extends DeliveryFixture {

    private static final List<String> TEXTS = List.of(
            "bestellung-ü",
            "a.b|c#d^e`f",
            "a\n2026-11-28 INFO subscription=evil state=running",
            "\r\n\r\nHTTP/1.1 200 OK",
            "\u0000\u0001\u0002\u001B[31m\u007F",
            "\u2028\u202E\u0085\uFEFF",
            "日本語 😀",
            " ",
            " a\tb ",
            "%zz%",
            "\"'\\<>{}",
            "x".repeat(30_000),
            "ü".repeat(10_000));

    /** Where a producer can write a text. */
    private enum Place {
        ID,
        TOPIC,
        TAG,
        KEY,
        GROUP,
        PROPERTY_NAME,
        PROPERTY,
        CONTENT_TYPE,
        CONTENT_ENCODING,
        TRACEPARENT;

        ReceivedMessage with(String text) {
            var properties = new HashMap<>(Map.of("contentType", "text/plain"));
            switch (this) {
                case PROPERTY_NAME -> properties.put(text, "value");
                case PROPERTY -> properties.put("name", text);
                case CONTENT_TYPE -> properties.put("contentType", text);
                case CONTENT_ENCODING -> properties.put("contentEncoding", text);
                case TRACEPARENT -> properties.put("traceparent", text);
                default -> {}
            }
            return new ReceivedMessage(
                    this == ID ? text : "m",
                    this == TOPIC ? text : "orders",
                    "hello".getBytes(StandardCharsets.UTF_8),
                    this == TAG ? Optional.of(text) : Optional.empty(),
                    this == KEY ? List.of(text, "other") : List.of(),
                    this == GROUP ? Optional.of(text) : Optional.empty(),
                    properties,
                    BORN,
                    1,
                    Optional.empty(),
                    Optional.empty());
        }
    }

    static Stream<Arguments> everywhere() {
        return Stream.of("RAW", "JSON", "CLOUDEVENTS_BINARY", "CLOUDEVENTS_STRUCTURED", "JSON batch", "RAW several")
                .flatMap(format -> Arrays.stream(Place.values()).flatMap(place -> Stream.concat(
                                TEXTS.stream(), Stream.of("").filter(empty -> place != Place.ID && place != Place.TAG))
                        .map(text -> arguments(format, place, text))));
    }

    @ParameterizedTest(name = "{0} {1} {index}")
    @MethodSource("everywhere")
    void areDeliveredInEveryForm(String format, Place place, String text) throws IOException {
        var sender = ScriptedSender.with(status(200));
        var settings = format.split(" ");
        delivery(sender, "payload.format", settings[0], "batch.max-messages", format.endsWith("batch") ? "8" : "1");
        var message = place.with(text);

        try (var log = LogCapture.ofCategory("dev.rocketgateway.deliver")) {
            var decisions = format.endsWith("several") ? deliver(message, place.with(text)) : deliver(message);

            assertThat(decisions).containsOnly(ACKNOWLEDGED);
            assertThat(log.messages()).isEmpty();
        }
        assertThat(sender.sent()).allSatisfy(webhook -> {
            assertThat(webhook.id()).hasSizeLessThanOrEqualTo(256).matches("[!-~]+");
            assertThat(String.join("", webhook.headers().values())).hasSizeLessThan(200_000);
        });
        var webhook = sender.sent().get(0);
        if (format.contains("JSON") || format.contains("STRUCTURED")) {
            new ObjectMapper().readTree(webhook.body());
        }
        if (place == Place.PROPERTY && format.equals("RAW") && text.length() < 1000) {
            assertThat(PercentEncoding.decode(webhook.headers().get("rocketmq-prop-name")))
                    .isEqualTo(text);
        }
        if (place == Place.ID && format.equals("CLOUDEVENTS_BINARY")) {
            assertThat(PercentEncoding.decode(webhook.headers().get("ce-id"))).isEqualTo(text);
        }
    }

    static Stream<String> texts() {
        return TEXTS.stream();
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("texts")
    void forgeNoLineOfTheLog(String text) {
        delivery(ScriptedSender.with(status(500)), "retry.max-attempts", "1");
        var deliveryLog = new DeliveryLog();

        try (var log = LogCapture.ofCategory("dev.rocketgateway.deliver")) {
            for (var place : Place.values()) {
                deliver(place.with(text));
                var failed = new DeadLettering("billing", place.with(text), DeadLettering.EXHAUSTED, "no\nanswer");
                events.attempts().forEach(deliveryLog::attempted);
                deliveryLog.deadLettered(failed);
            }

            assertThat(log.messages()).isNotEmpty().allSatisfy(line -> assertThat(line)
                    .matches("[ -~]+")
                    .hasSizeLessThan(5000)
                    .doesNotContain("subscription=evil state", " state=running"));
        }
    }

    @Test
    void haveTheSameIdOnEveryAttempt() {
        var first = PayloadFormat.idOf(List.of(Place.ID.with("ü".repeat(10_000))));

        assertThat(first).startsWith("long-").isEqualTo(PayloadFormat.idOf(List.of(Place.ID.with("ü".repeat(10_000)))));
        assertThat(first).isNotEqualTo(PayloadFormat.idOf(List.of(Place.ID.with("ü".repeat(10_001)))));
        assertThat(PayloadFormat.idOf(List.of(Place.ID.with("bestellung-ü a.1%"))))
                .isEqualTo("bestellung-%C3%BC%20a_1%25");
    }

    @Test
    void leaveOutHeadersThatNoEndpointTakes() {
        var headers = new WebhookHeaders("billing", 17, true);

        for (var place : List.of(Place.ID, Place.TAG, Place.KEY, Place.GROUP, Place.PROPERTY, Place.PROPERTY_NAME)) {
            assertThat(headers.of(place.with("x".repeat(30_000))))
                    .containsEntry("rocketmq-props-truncated", "true")
                    .allSatisfy((name, value) -> assertThat(name + value).hasSizeLessThan(5000));
            assertThat(headers.of(place.with("x".repeat(4000)))).doesNotContainKey("rocketmq-props-truncated");
        }
    }
}
