package dev.rocketgateway.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.message.DeliverySchedule;
import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.TopicName;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SendTracesTest {

    private static final String CALLERS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final RecordedSpans recorded = new RecordedSpans();
    private final SendTraces traces = SendTraces.of(recorded.tracing);

    private static OutgoingMessage message(Map<String, String> properties) {
        return new OutgoingMessage(
                "id",
                new TopicName("orders"),
                new byte[7],
                Optional.of("new"),
                List.of("k1", "k2"),
                properties,
                Optional.of("group"),
                Optional.of(new DeliverySchedule.At(Instant.ofEpochMilli(1234))));
    }

    @Test
    void givesTheMessageTheContextOfItsSpan() {
        var trace = traces.begin(message(Map.of("a", "b")), Context.root());
        trace.end("broker-timeout");

        assertThat(recorded.spans).singleElement().satisfies(span -> {
            assertThat(trace.message().properties())
                    .containsEntry("a", "b")
                    .containsEntry("traceparent", "00-%s-%s-03".formatted(span.getTraceId(), span.getSpanId()));
            assertThat(span.getKind()).isEqualTo(SpanKind.PRODUCER);
            assertThat(span.getStatus()).isEqualTo(StatusData.error());
            assertThat(span.getAttributes().asMap())
                    .containsEntry(MessagingAttributes.ERROR_TYPE, "broker-timeout")
                    .containsEntry(MessagingAttributes.TAG, "new")
                    .containsEntry(MessagingAttributes.KEYS, List.of("k1", "k2"))
                    .containsEntry(MessagingAttributes.GROUP, "group")
                    .containsEntry(MessagingAttributes.DELIVERY_TIME, 1234L)
                    .containsEntry(MessagingAttributes.BODY_SIZE, 7L);
        });
    }

    @Test
    void givesTheMessageTheContextOfARequestThatIsNotRecorded() {
        var requested = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

        var trace = traces.begin(message(Map.of()), Tracing.extract(Map.of("traceparent", requested)));
        trace.end("broker-timeout");

        assertThat(trace.message().properties()).containsEntry("traceparent", requested);
        assertThat(recorded.spans).isEmpty();
    }

    @Test
    void keepsTheContextThatThePublisherGave() {
        var message = message(Map.of("traceparent", CALLERS));

        var trace = traces.begin(message, Context.root());
        trace.end(null);

        assertThat(trace.message()).isSameAs(message);
        assertThat(recorded.spans).singleElement().satisfies(span -> {
            assertThat(span.getLinks()).singleElement().satisfies(link -> assertThat(
                            link.getSpanContext().getSpanId())
                    .isEqualTo("b7ad6b7169203331"));
            assertThat(span.getStatus()).isEqualTo(StatusData.unset());
        });
    }

    @Test
    void linksABatchToItsMessagesAndIgnoresWhatIsNoContext() {
        var messages = List.of(message(Map.of("traceparent", CALLERS)), message(Map.of("traceparent", "nonsense")));

        var sent = traces.together(messages, () -> CompletableFuture.completedStage("done"));

        assertThat(sent).isCompletedWithValue("done");
        assertThat(recorded.spans).singleElement().satisfies(span -> {
            assertThat(span.getLinks()).hasSize(1);
            assertThat(span.getParentSpanContext().isValid()).isFalse();
            assertThat(span.getAttributes().get(MessagingAttributes.BATCH_COUNT))
                    .isEqualTo(2);
        });
    }

    @Test
    void changesNothingWithoutAnExporter() {
        var message = message(Map.of());

        assertThat(SendTraces.off().begin(message, Context.root()).message()).isSameAs(message);
    }

    @Test
    void onlyContinuesTracesWithASamplingOfZero() {
        var continuing = SendTraces.of(recorded.continuingOnly());
        var message = message(Map.of());

        assertThat(continuing.begin(message, Context.root()).message()).isSameAs(message);
        continuing.together(List.of(message), () -> CompletableFuture.completedStage("done"));
        assertThat(recorded.spans).isEmpty();

        continuing
                .begin(message, Tracing.extract(Map.of("traceparent", CALLERS)))
                .end(null);
        assertThat(recorded.spans).singleElement().satisfies(span -> assertThat(span.getParentSpanId())
                .isEqualTo("b7ad6b7169203331"));
    }
}
