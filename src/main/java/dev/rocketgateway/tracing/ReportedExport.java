package dev.rocketgateway.tracing;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/** Logs when spans can no longer be exported, and when they can be exported again; not each failure. */
final class ReportedExport implements SpanExporter {

    private static final Logger LOG = Logger.getLogger(Tracing.class);

    private final SpanExporter exporter;
    private final AtomicBoolean failing = new AtomicBoolean();

    ReportedExport(SpanExporter exporter) {
        this.exporter = exporter;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        var result = exporter.export(spans);
        return result.whenComplete(() -> {
            if (!result.isSuccess() && failing.compareAndSet(false, true)) {
                var why = result.getFailureThrowable();
                LOG.warnf(
                        "traces cannot be exported, spans are dropped cause=%s",
                        why == null ? "refused" : why.getClass().getSimpleName());
            } else if (result.isSuccess() && failing.compareAndSet(true, false)) {
                LOG.info("traces are exported again");
            }
        });
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }
}
