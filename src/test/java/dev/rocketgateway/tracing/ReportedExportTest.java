package dev.rocketgateway.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.LogCapture;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("it reads what is logged")
class ReportedExportTest {

    private CompletableResultCode next = CompletableResultCode.ofSuccess();

    private final SpanExporter exporter = new SpanExporter() {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            return next;
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    };

    @Test
    void logsTheFirstFailureAndTheFirstSuccessAfterIt() {
        var reported = new ReportedExport(exporter);
        try (var log = LogCapture.of(Tracing.class)) {
            reported.export(List.of());
            next = CompletableResultCode.ofExceptionalFailure(new IllegalStateException());
            reported.export(List.of());
            reported.export(List.of());
            next = CompletableResultCode.ofSuccess();
            reported.export(List.of());
            reported.export(List.of());

            assertThat(log.messages())
                    .containsExactly(
                            "traces cannot be exported, spans are dropped cause=IllegalStateException",
                            "traces are exported again");
        }
    }
}
