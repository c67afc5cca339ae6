package dev.rocketgateway.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.tracing.TracingConfig.Relation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeliveryTracesTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final DeliveryTraces.Consumer CONSUMER =
            new DeliveryTraces.Consumer("billing", "orders", "GID_billing");

    private final RecordedSpans recorded = new RecordedSpans();

    private static ReceivedMessage message(Map<String, String> properties) {
        return new ReceivedMessage(
                "id",
                "orders",
                new byte[0],
                Optional.empty(),
                List.of(),
                Optional.empty(),
                properties,
                Instant.EPOCH,
                3,
                Optional.empty(),
                Optional.empty());
    }

    private static ReceivedMessage published() {
        return message(Map.of("traceparent", "00-%s-b7ad6b7169203331-01".formatted(TRACE), "tracestate", "a=1"));
    }

    @Test
    void hasATraceOfItsOwnWithALink() {
        var trace = new DeliveryTraces(recorded.tracing, Relation.LINK).process(CONSUMER, List.of(published()));
        var headers = trace.headers(Map.of("b", "c"));
        trace.end(null);

        assertThat(recorded.spans).singleElement().satisfies(span -> {
            assertThat(span.getTraceId()).isNotEqualTo(TRACE);
            assertThat(span.getLinks()).hasSize(1);
            assertThat(headers)
                    .containsEntry("b", "c")
                    .containsEntry("traceparent", "00-%s-%s-03".formatted(span.getTraceId(), span.getSpanId()));
            assertThat(span.getAttributes().asMap())
                    .containsEntry(MessagingAttributes.CONSUMER_GROUP, "GID_billing")
                    .containsEntry(MessagingAttributes.ATTEMPT, 3L);
        });
    }

    @Test
    void isInTheTraceOfThePublisherIfWanted() {
        var trace = new DeliveryTraces(recorded.tracing, Relation.CHILD).process(CONSUMER, List.of(published()));
        var headers = trace.headers(Map.of());
        trace.end("5xx");

        assertThat(recorded.spans).singleElement().satisfies(span -> {
            assertThat(span.getTraceId()).isEqualTo(TRACE);
            assertThat(span.getParentSpanId()).isEqualTo("b7ad6b7169203331");
            assertThat(span.getLinks()).isEmpty();
        });
        assertThat(headers).containsEntry("tracestate", "a=1");
    }

    @Test
    void hasLinksForABatchAndForAMessageWithoutAContextNone() {
        var traces = new DeliveryTraces(recorded.tracing, Relation.CHILD);
        traces.process(CONSUMER, List.of(published(), published(), message(Map.of())))
                .end(null);
        traces.process(CONSUMER, List.of(message(Map.of()))).end(null);

        assertThat(recorded.spans).extracting(span -> span.getLinks().size()).containsExactly(2, 0);
    }
}
