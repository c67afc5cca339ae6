package dev.rocketgateway.bench;

import static dev.rocketgateway.bench.Target.SUBJECT;
import static dev.rocketgateway.bench.Target.YARDSTICK;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Publishing with the packaged gateway, against each of its yardsticks in turn on the same real broker. Each method is a row or
 * more of the table in {@code docs/benchmarks.md}: see {@link Target}.
 *
 * <pre>
 *   warm up each side until its rate is steady      gateway yardstick, gateway yardstick, …      ratio round by round
 * </pre>
 * A target that is missed is told and is no failure, for the machine decides too; a message that was confirmed and is not in the
 * topic is one.
 */
@Isolated("it loads the machine")
class PublishBench {

    private static final int PAIRS = Integer.getInteger("pairs", 5);
    private static final Duration MEASURED = Duration.ofSeconds(Integer.getInteger("measured", 6));
    private static final int SIZE = Integer.getInteger("size", 256);
    private static final Map<Target, String> TABLE = new EnumMap<>(Target.class);
    private static PublishRig rig;

    @BeforeAll
    static void start() {
        rig = new PublishRig();
    }

    @AfterAll
    static void stop() {
        rig.close();
        if (Report.updatesThePage() && !TABLE.isEmpty()) {
            Report.writeSection("publish", table(Report.section("publish")));
        }
    }

    @Test
    void asyncAt64() throws Exception {
        compare("asyncAt64", rig.gateway("async", 64, SIZE), rig.client("async", 64, SIZE));
    }

    @Test
    void asyncAt256() throws Exception {
        compare("asyncAt256", rig.gateway("async", 256, SIZE), rig.client("async", 256, SIZE));
    }

    @Test
    void asyncAt1() throws Exception {
        compare("asyncAt1", rig.gateway("async", 1, SIZE), rig.client("async", 1, SIZE));
    }

    @Test
    void floorAt256() throws Exception {
        compare("floorAt256", rig.gateway("async", 256, SIZE), rig.floor(256, SIZE));
    }

    @Test
    void springAt64() throws Exception {
        compare("springAt64", rig.gateway("async", 64, SIZE), rig.spring("async", 64, SIZE));
    }

    @Test
    void syncAt64() throws Exception {
        compare("syncAt64", rig.gateway("sync", 64, SIZE), rig.client("sync", 64, SIZE));
    }

    @Test
    void ndjson() throws Exception {
        compare("ndjson", rig.lines(SIZE), rig.client("async", 64, SIZE));
    }

    @Test
    void ndjsonAndAutoBatch() throws Exception {
        compare("ndjsonAndAutoBatch", rig.lines(SIZE), rig.client("autobatch", 1024, SIZE));
    }

    @Test
    void json() throws Exception {
        compare("json", rig.json(SIZE), rig.client("async", 64, SIZE));
    }

    @Test
    void addedLatency() throws Exception {
        compare("addedLatency", rig.pacedGateway("sync", 200, SIZE), rig.client("paced", 200, SIZE));
    }

    @Test
    void oneway() throws Exception {
        compare("oneway", rig.gateway("oneway", 64, SIZE), rig.gateway("async", 64, SIZE));
    }

    @Test
    void autoBatchAt64() throws Exception {
        compare("autoBatchAt64", rig.gateway("async", 64, SIZE), rig.client("autobatch", 64, SIZE));
    }

    @Test
    void autoBatchAt256() throws Exception {
        compare("autoBatchAt256", rig.gateway("async", 256, SIZE), rig.client("autobatch", 256, SIZE));
    }

    @Test
    void autoBatchAt1024() throws Exception {
        compare("autoBatchAt1024", rig.gateway("async", 1024, SIZE), rig.client("autobatch", 1024, SIZE));
    }

    @Test
    void apiKeyAt64() throws Exception {
        compare("apiKeyAt64", rig.gatewayWithApiKey("async", 64, SIZE), rig.gateway("async", 64, SIZE));
    }

    @Test
    void tokenAt64() throws Exception {
        compare("tokenAt64", rig.gatewayWithToken("async", 64, SIZE), rig.gateway("async", 64, SIZE));
    }

    @Test
    void tokenAloneAt64() throws Exception {
        compare(
                "tokenAloneAt64",
                rig.gatewayWithToken("async", 64, SIZE),
                rig.gatewayWithUnreadHeader("async", 64, SIZE));
    }

    @Test
    void tracingUnsampledAt64() throws Exception {
        compare("tracingUnsampledAt64", rig.gatewayWithTracing("async", 64, SIZE), rig.gateway("async", 64, SIZE));
    }

    @Test
    void coalescingAt1() throws Exception {
        compare("coalescingAt1", rig.gateway("async", 1, SIZE), rig.gatewayWithoutCoalescing("async", 1, SIZE));
    }

    @Test
    void coalescingAt64() throws Exception {
        compare("coalescingAt64", rig.gateway("async", 64, SIZE), rig.gatewayWithoutCoalescing("async", 64, SIZE));
    }

    private static void compare(String row, Side gateway, Side yardstick) throws Exception {
        var counted = new Counted(rig.broker());
        var warmUp = new WarmUp(counted);
        warmUp.load(row + " gateway", gateway);
        warmUp.load(row + " yardstick", yardstick);
        var rounds = new Rounds("publish " + row, PAIRS)
                .side(SUBJECT, () -> counted.measure(gateway, MEASURED))
                .side(YARDSTICK, () -> counted.measure(yardstick, MEASURED))
                .run();
        Arrays.stream(Target.values())
                .filter(target -> target.row().equals(row))
                .forEach(target -> {
                    Report.line(target.line(rounds, PAIRS, counted));
                    TABLE.put(target, target.tableRow(rounds));
                });
    }

    /** Rows that were not measured now stay as they are. */
    private static String table(String before) {
        var table = new StringBuilder(Machine.description()
                + " %d rounds of %d s a side, bodies of %d bytes.\n\n".formatted(PAIRS, MEASURED.toSeconds(), SIZE)
                + "| gateway, and yardstick | target | measured | command |\n|---|---|---|---|\n");
        for (var target : Target.values()) {
            Optional.ofNullable(TABLE.get(target))
                    .or(() -> before.lines()
                            .filter(line -> line.startsWith(target.words()))
                            .findFirst())
                    .ifPresent(row -> table.append(row).append('\n'));
        }
        return table.toString();
    }
}
