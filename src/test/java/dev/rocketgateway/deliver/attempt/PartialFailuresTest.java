package dev.rocketgateway.deliver.attempt;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rocketgateway.webhook.AnswerBody;
import dev.rocketgateway.webhook.WebhookOutcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartialFailuresTest {

    private static final PartialFailures NONE = new PartialFailures.Named(Set.of());
    private static final String A = "{\"batchItemFailures\":[{\"itemIdentifier\":\"a\"}]}";
    private static final String BIG_NUMBER = "1".repeat(1500);

    private static PartialFailures in(AnswerBody body) {
        return PartialFailures.in(new WebhookOutcome.Answered(200, Optional.empty(), body));
    }

    private static AnswerBody json(String body) {
        return new AnswerBody(body.getBytes(UTF_8), true, "application/json", "");
    }

    private static AnswerBody typed(String type, String body) {
        return new AnswerBody(body.getBytes(UTF_8), true, type, "");
    }

    @Test
    void readsTheIdsOfMessagesThatFailed() {
        var body = """
                {"note":{"itemIdentifier":"not this"},
                 "batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"b","why":"x"},{"itemIdentifier":"a"}],
                 "itemIdentifier":"nor this"}""";

        assertThat(in(json(body))).isEqualTo(new PartialFailures.Named(Set.of("a", "b")));
    }

    static Stream<AnswerBody> readable() {
        return Stream.of(
                json(A),
                json("\uFEFF" + A),
                json(" \r\n" + A + "\n"),
                json("{\"n\":" + BIG_NUMBER + "," + A.substring(1)),
                json(A.replace("]}", "],\"n\":" + BIG_NUMBER + "}")),
                json("{\"x\":" + "[".repeat(1500) + "]".repeat(1500) + "," + A.substring(1)),
                json("{\"" + "x".repeat(60_000) + "\":1," + A.substring(1)),
                json("{\"batchItemFailures\":[{\"why\":{\"itemIdentifier\":[]},\"itemIdentifier\":\"a\"}]}"),
                typed("application/vnd.acme+json; charset=utf-8", A),
                typed("text/plain", A),
                typed("text/html; charset=utf-8", A),
                typed("application/octet-stream", A),
                typed("", A),
                new AnswerBody(A.getBytes(UTF_8), true, "application/json", "identity"));
    }

    @ParameterizedTest
    @MethodSource("readable")
    void readsThemFromAnyAnswerThatHasThem(AnswerBody body) {
        assertThat(in(body)).isEqualTo(new PartialFailures.Named(Set.of("a")));
    }

    static Stream<AnswerBody> naming() {
        return Stream.of(
                json(""),
                json(" \n"),
                json("null"),
                json("{}"),
                json("[]"),
                json("{\"batchItemFailures\":[]}"),
                json("{\"batchItemFailures\":null}"),
                json("{\"result\":{\"batchItemFailures\":[]},\"BatchItemFailures\":null}"),
                json("{\"ok\":true,\"items\":[{\"itemIdentifier\":\"a\"}]}"),
                json("{\"batchSize\":3,\"note\":\"no batch item failures\"}"),
                typed("", ""),
                typed("", "OK"),
                typed("text/plain", "OK"),
                typed("text/html", "<!doctype html><p>Thank you, ü</p>"),
                typed("application/xml", "<ok/>"),
                new AnswerBody("größe".getBytes(ISO_8859_1), true, "text/plain; charset=iso-8859-1", ""),
                // The status decides about a body that is too long or too slow, where it cannot have the form.
                new AnswerBody("<!doctype html>".getBytes(UTF_8), false, "text/html", ""),
                new AnswerBody(new byte[0], false, "text/html", ""));
    }

    @ParameterizedTest
    @MethodSource("naming")
    void takesAnAnswerWithoutTheListForSuccess(AnswerBody body) {
        assertThat(in(body)).isEqualTo(NONE);
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                // entries
                arguments("without itemIdentifier", json("{\"batchItemFailures\":[{\"id\":\"a\"}]}")),
                arguments("without itemIdentifier", json("{\"batchItemFailures\":[{\"ItemIdentifier\":\"a\"}]}")),
                arguments("without itemIdentifier", json("{\"batchItemFailures\":[{\"itemIdentifier\":\"\"}]}")),
                arguments("without itemIdentifier", json("{\"batchItemFailures\":[{\"itemIdentifier\":null}]}")),
                arguments("without itemIdentifier", json("{\"batchItemFailures\":[{\"itemIdentifier\":true}]}")),
                arguments("without itemIdentifier", json("{\"batchItemFailures\":[{\"itemIdentifier\":[\"a\"]}]}")),
                arguments("without itemIdentifier", json("{\"batchItemFailures\":[{\"itemIdentifier\":{\"a\":1}}]}")),
                arguments("without itemIdentifier", json(A.replace("]}", ",{}]}"))),
                arguments("not an object", json("{\"batchItemFailures\":[\"a\"]}")),
                arguments("not an object", json("{\"batchItemFailures\":[[{\"itemIdentifier\":\"a\"}]]}")),
                arguments("not an object", json("{\"batchItemFailures\":[null]}")),
                // the list
                arguments("not a list", json("{\"batchItemFailures\":\"a\"}")),
                arguments("not a list", json("{\"batchItemFailures\":{\"itemIdentifier\":\"a\"}}")),
                arguments("not a list", json("{\"batchItemFailures\":1}")),
                arguments("not a list", json("{\"batchItemFailures\":false}")),
                arguments("similar name", json(A.replace("batchItem", "BatchItem"))),
                arguments("similar name", json(A.replace("batchItemFailures", "batch_item_failures"))),
                arguments("similar name", json("{\"body\":" + A + "}")),
                arguments("similar name", json("{\"batchItemFailures\":[],\"results\":[" + A + "]}")),
                arguments("inside a string", json("{\"body\":\"" + A.replace("\"", "\\\"") + "\"}")),
                // the value
                arguments("not an object", json("[\"a\"]")),
                arguments("not an object", json("[" + A + "]")),
                arguments("not an object", json("\"a\"")),
                arguments("not an object", json("42")),
                arguments("not an object", json("true")),
                arguments("not an object", typed("", "[\"a\"]")),
                arguments("more than one", json("{}\n" + A)),
                arguments("more than one", json("null " + A)),
                arguments("not valid JSON", json("{\"batchItemFailures\":[]," + A.substring(1))),
                arguments("not valid JSON", json(A.substring(0, A.length() - 1))),
                arguments("not valid JSON", json("OK")),
                arguments("not valid JSON", json("<p>OK</p>")),
                arguments("not valid JSON", typed("text/plain", A.substring(0, 30))),
                arguments("not valid JSON", typed("text/javascript", "callback(" + A + ")")),
                arguments("not valid JSON", typed("", ")]}',\n" + A)),
                arguments("not valid JSON", new AnswerBody(A.getBytes(UTF_16LE), true, "application/json", "")),
                arguments("not UTF-8", new AnswerBody((A + "ü").getBytes(ISO_8859_1), true, "application/json", "")),
                arguments("not UTF-8", new AnswerBody(gzip(A), true, "application/json", "")),
                arguments("not UTF-8", new AnswerBody(gzip(A), true, "", "")),
                // the transfer
                arguments("Content-Encoding", new AnswerBody(gzip(A), true, "application/json", "gzip")),
                arguments("Content-Encoding", new AnswerBody(gzip(A), true, "text/html", "gzip")),
                arguments("Content-Encoding", new AnswerBody(A.getBytes(UTF_8), true, "", "identity, br")),
                arguments("incomplete", new AnswerBody(A.getBytes(UTF_8), false, "application/json", "")),
                arguments("incomplete", new AnswerBody("{}".getBytes(UTF_8), false, "text/plain", "")),
                arguments("incomplete", new AnswerBody(new byte[0], false, "application/json", "")),
                arguments("incomplete", new AnswerBody(new byte[0], false, "", "")));
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void doesNotTakeForSuccessWhatCannotBeRead(String why, AnswerBody body) {
        assertThat(in(body))
                .isInstanceOfSatisfying(PartialFailures.Unreadable.class, unreadable -> assertThat(unreadable.why())
                        .contains(why));
    }

    @ParameterizedTest
    @ValueSource(strings = {"42", "1e400", "-0.10"})
    void takesNumbersForIdsAsTheyAreWritten(String number) {
        assertThat(in(json("{\"batchItemFailures\":[{\"itemIdentifier\":%s}]}".formatted(number))))
                .isEqualTo(new PartialFailures.Named(Set.of(number)));
    }

    @Test
    void readsNoneFromWhatWasNotAnswered() {
        assertThat(PartialFailures.in(new WebhookOutcome.Failed(WebhookOutcome.Failure.RESET, "")))
                .isEqualTo(NONE);
    }

    private static byte[] gzip(String text) {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }
}
