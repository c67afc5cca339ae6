package dev.rocketgateway.bench;

import dev.rocketgateway.bench.Rounds.Spread;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What publishing should reach, or is merely looked at: the rows of the table in {@code docs/benchmarks.md}. */
enum Target {
    ASYNC_64_SYSTEM("asyncAt64", "async, 64 connections, and the client async with 64 in flight", Kind.SYSTEM_CPU, 0.5),
    ASYNC_256_SYSTEM(
            "asyncAt256", "async, 256 connections, and the client async with 256 in flight", Kind.SYSTEM_CPU, 0.5),
    SYNC_64_SYSTEM("syncAt64", "sync, 64 connections, and the client sync with 64 threads", Kind.SYSTEM_CPU, 0.5),
    ASYNC_64_RATE("asyncAt64", "async, 64 connections, and the client async with 64 in flight", Kind.RATIO, 2.5),
    ASYNC_64_P50("asyncAt64", "async, 64 connections, and the client async with 64 in flight", Kind.LATENCY_RATIO, 0.5),
    ASYNC_64_CPU("asyncAt64", "async, 64 connections, and the client async with 64 in flight", Kind.CPU, 30),
    ASYNC_256_CPU("asyncAt256", "async, 256 connections, and the client async with 256 in flight", Kind.CPU, 20),
    ASYNC_1_CPU("asyncAt1", "async, one connection, closed loop, and the client async, one in flight", Kind.CPU, 200),
    ASYNC_1_RATE("asyncAt1", "async, one connection, closed loop, and the client async, one in flight", Kind.RATIO),
    ASYNC_256_RATE("asyncAt256", "async, 256 connections, and the client async with 256 in flight", Kind.RATIO, 3.5),
    FLOOR_256("floorAt256", "async, 256 connections, and the HTTP floor", Kind.RATIO, 0.65),
    SPRING_CPU("springAt64", "async, 64 connections, and the Spring controller", Kind.CPU_RATIO, 0.3),
    SPRING_RATE("springAt64", "async, 64 connections, and the Spring controller", Kind.RATIO),
    SYNC_64_RATE("syncAt64", "sync, 64 connections, and the client sync with 64 threads", Kind.RATIO, 2),
    NDJSON("ndjson", "batches of 100 lines, 16 connections, and the client async with 64 in flight", Kind.RATIO, 8),
    NDJSON_AUTO_BATCH(
            "ndjsonAndAutoBatch",
            "batches of 100 lines, 16 connections, and the client's auto batch, 1024 in flight",
            Kind.RATIO,
            0.9),
    NDJSON_AUTO_BATCH_SYSTEM(
            "ndjsonAndAutoBatch",
            "batches of 100 lines, 16 connections, and the client's auto batch, 1024 in flight",
            Kind.SYSTEM_CPU),
    JSON("json", "batches of 100 in JSON, 16 connections, and the client async with 64 in flight", Kind.RATIO, 8),
    ADDED_P50("addedLatency", "sync, one connection, 200/s, and the client sync at 200/s", Kind.ADDED_P50, 0.15),
    ADDED_P99("addedLatency", "sync, one connection, 200/s, and the client sync at 200/s", Kind.ADDED_P99, 1.5),
    ONEWAY("oneway", "one-way, 64 connections, and async, 64 connections", Kind.RATIO),
    AUTO_BATCH_64("autoBatchAt64", "async, 64 connections, and the client's auto batch, 64 in flight", Kind.RATIO),
    AUTO_BATCH_256("autoBatchAt256", "async, 256 connections, and the client's auto batch, 256 in flight", Kind.RATIO),
    AUTO_BATCH_1024(
            "autoBatchAt1024", "async, 1024 connections, and the client's auto batch, 1024 in flight", Kind.RATIO),
    API_KEY_CPU("apiKeyAt64", "async, 64 connections, with an API key, and anonymous", Kind.ADDED_CPU, 1),
    TOKEN_CPU("tokenAt64", "async, 64 connections, with a token, and anonymous", Kind.ADDED_CPU, 1),
    TOKEN_ALONE_CPU(
            "tokenAloneAt64",
            "async, 64 connections, with a token, and with another header as long",
            Kind.ADDED_CPU,
            1),
    COALESCING_1_RATE("coalescingAt1", "async, one connection, and the same without coalescing", Kind.RATIO),
    COALESCING_1_P50("coalescingAt1", "async, one connection, and the same without coalescing", Kind.LATENCY_RATIO),
    TRACING_CPU(
            "tracingUnsampledAt64", "async, 64 connections, with tracing of nothing, and without", Kind.ADDED_CPU, 1),
    COALESCING_64_RATE("coalescingAt64", "async, 64 connections, and the same without coalescing", Kind.RATIO),
    COALESCING_64_CPU("coalescingAt64", "async, 64 connections, and the same without coalescing", Kind.CPU_RATIO);

    /** The two sides of each: what is looked at, and what it is held against. */
    static final String SUBJECT = "gateway";

    static final String YARDSTICK = "yardstick";

    /** What is told of two sides. */
    enum Kind {
        RATIO("messages/s, ratio", "/s", Figures::perSecond, true),
        LATENCY_RATIO("median latency, ratio", "ms", Figures::p50Millis, false),
        SYSTEM_CPU("processor time per message with that of the broker, ratio", "us", Figures::systemCpuMicros, false),
        CPU_RATIO("processor time per message, ratio", "us", Figures::cpuMicros, false),
        CPU("processor time per message of the gateway, µs", "us", Figures::cpuMicros, false),
        ADDED_CPU("processor time per message, µs more", "us", Figures::cpuMicros, false),
        ADDED_P50("median latency, ms more", "ms", Figures::p50Millis, false),
        ADDED_P99("99th percentile of the latency, ms more", "ms", Figures::p99Millis, false);

        private final String words;
        private final String unit;
        private final ToDoubleFunction<Figures> figure;
        private final boolean moreIsBetter;

        Kind(String words, String unit, ToDoubleFunction<Figures> figure, boolean moreIsBetter) {
            this.words = words;
            this.unit = unit;
            this.figure = figure;
            this.moreIsBetter = moreIsBetter;
        }
    }

    private final String row;
    private final String sides;
    private final Kind kind;
    private final double bound;

    Target(String row, String sides, Kind kind) {
        this(row, sides, kind, Double.NaN);
    }

    Target(String row, String sides, Kind kind, double bound) {
        this.row = row;
        this.sides = sides;
        this.kind = kind;
        this.bound = bound;
    }

    /** The method of {@link PublishBench} that measures it. */
    String row() {
        return row;
    }

    Spread of(Rounds rounds) {
        return switch (kind) {
            case RATIO, LATENCY_RATIO, CPU_RATIO, SYSTEM_CPU -> rounds.ratio(SUBJECT, YARDSTICK, kind.figure);
            case ADDED_P50, ADDED_P99, ADDED_CPU -> rounds.difference(SUBJECT, YARDSTICK, kind.figure);
            case CPU -> rounds.of(SUBJECT, kind.figure);
        };
    }

    /** One line of results. */
    String line(Rounds rounds, int pairs, Counted counted) {
        var measured = of(rounds);
        return String.format(
                Locale.ROOT,
                "publish %s pairs=%d %s=%.3f spread=%.3f..%.3f gateway=%.3f%s yardstick=%.3f%s %s",
                row,
                pairs,
                kind.name().toLowerCase(Locale.ROOT),
                measured.median(),
                measured.least(),
                measured.most(),
                rounds.of(SUBJECT, kind.figure).median(),
                kind.unit,
                rounds.of(YARDSTICK, kind.figure).median(),
                kind.unit,
                counted);
    }

    /** How its row in the table begins; no two are alike. */
    String words() {
        return "| " + sides + ": " + kind.words + " | ";
    }

    String tableRow(Rounds rounds) {
        var measured = of(rounds);
        boolean missed = kind.moreIsBetter ? measured.median() < bound : measured.median() > bound;
        return words()
                + (Double.isNaN(bound) ? "–" : (kind.moreIsBetter ? "≥ " : "≤ ") + bound)
                + " | " + measured + (missed ? ", missed" : "")
                + " | `./bench publish " + row + "` |";
    }
}
