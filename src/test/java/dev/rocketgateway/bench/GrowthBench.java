package dev.rocketgateway.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * How publishing, {@code async}, grows with what comes at once, with the size of bodies and with the number of topics, over
 * HTTP/1.1 and HTTP/2. Each point is measured in turn with all others, again and again, and its median is told. These are no
 * ratios: they show the shape on one machine. All that was confirmed is counted again in the topics.
 */
@Isolated("it loads the machine")
class GrowthBench {

    private static final int ROUNDS = Integer.getInteger("pairs", 5);
    private static final Duration MEASURED = Duration.ofSeconds(Integer.getInteger("measured", 6));
    private static final List<Integer> SIZES = List.of(100, 256, 1_024, 65_536);
    private static final List<Integer> IN_FLIGHT = List.of(1, 16, 64, 256);
    private static final List<Integer> TOPICS = List.of(1, 100, 1_000);
    private static final int STREAMS = 16;
    private static final Path PLOTS = Path.of("docs/benchmarks");

    private static PublishRig rig;

    /** One point: a row of the table. */
    private record Point(String http, int size, int inFlight, int topics) {

        String key() {
            return "http=%s size=%d inFlight=%d topics=%d".formatted(http, size, inFlight, topics);
        }

        /** HTTP/1.1 has a connection for each request in flight, HTTP/2 one for up to sixteen. */
        Side over(List<String> names) {
            return http.equals("1.1")
                    ? rig.gateway(names, inFlight, 0, size)
                    : rig.gateway(names, Math.max(1, inFlight / STREAMS), Math.min(inFlight, STREAMS), size);
        }
    }

    @BeforeAll
    static void start() {
        rig = new PublishRig();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void sizesAndConnections() throws Exception {
        var names = List.of(rig.broker().newTopic());
        var points = new LinkedHashMap<Point, Side>();
        for (var http : List.of("1.1", "2")) {
            for (int size : SIZES) {
                for (int inFlight : IN_FLIGHT) {
                    var point = new Point(http, size, inFlight, 1);
                    points.put(point, point.over(names));
                }
            }
        }
        var rounds = measure(points);
        if (Report.updatesThePage()) {
            Report.writeSection("growth", table(points, rounds) + "\n" + plots(rounds));
        }
    }

    @Test
    void topics() throws Exception {
        var points = new LinkedHashMap<Point, Side>();
        for (int topics : TOPICS) {
            var point = new Point("1.1", 256, 64, topics);
            points.put(point, point.over(rig.broker().newTopics(topics)));
        }
        var rounds = measure(points);
        if (Report.updatesThePage()) {
            Report.writeSection("growth-topics", table(points, rounds));
        }
    }

    private static Rounds measure(Map<Point, Side> points) throws Exception {
        var counted = new Counted(rig.broker());
        var warmUp = new WarmUp(counted);
        points.entrySet().stream()
                .filter(each -> each.getKey().size() == 256 && each.getKey().inFlight() == 64)
                .forEach(each -> warmUp.load(each.getKey().key(), each.getValue()));
        var rounds = new Rounds("growth", ROUNDS);
        points.forEach((point, side) -> rounds.side(point.key(), () -> counted.measure(side, MEASURED)));
        rounds.run();
        for (var point : points.keySet()) {
            Report.line("growth %s rounds=%d rate=%s/s p50=%sms p99=%sms cpu=%sus rss=%sMB"
                    .formatted(
                            point.key(),
                            ROUNDS,
                            number(rounds, point, Figures::perSecond, 0),
                            number(rounds, point, Figures::p50Millis, 2),
                            number(rounds, point, Figures::p99Millis, 2),
                            number(rounds, point, Figures::cpuMicros, 1),
                            number(rounds, point, Figures::residentMegabytes, 0)));
        }
        Report.line("growth rounds=%d %s".formatted(ROUNDS, counted));
        return rounds;
    }

    private static String table(Map<Point, Side> points, Rounds rounds) {
        var table = new StringBuilder(Machine.description()
                + " %d rounds of %d s a point.\n\n".formatted(ROUNDS, MEASURED.toSeconds())
                + "| HTTP | bytes | in flight | topics | messages/s | p50 ms | p99 ms | CPU µs per message | MB resident |\n"
                + "|---|---|---|---|---|---|---|---|---|\n");
        for (var point : points.keySet()) {
            table.append("| %s | %d | %d | %d | %s | %s | %s | %s | %s |\n"
                    .formatted(
                            point.http(),
                            point.size(),
                            point.inFlight(),
                            point.topics(),
                            number(rounds, point, Figures::perSecond, 0),
                            number(rounds, point, Figures::p50Millis, 2),
                            number(rounds, point, Figures::p99Millis, 2),
                            number(rounds, point, Figures::cpuMicros, 1),
                            number(rounds, point, Figures::residentMegabytes, 0)));
        }
        return table.toString();
    }

    private static String number(Rounds rounds, Point point, ToDoubleFunction<Figures> figure, int digits) {
        return String.format(
                Locale.ROOT, "%." + digits + "f", rounds.of(point.key(), figure).median());
    }

    /** Writes them, and gives back what shows them on the page. */
    private static String plots(Rounds rounds) {
        var shown = new StringBuilder();
        for (var http : List.of("1.1", "2")) {
            shown.append(plot(rounds, http, "messages per second", "rate", Figures::perSecond));
            shown.append(plot(rounds, http, "99th percentile of the latency, ms", "p99", Figures::p99Millis));
            shown.append(plot(rounds, http, "processor time per message, µs", "cpu", Figures::cpuMicros));
        }
        return shown.toString();
    }

    private static String plot(
            Rounds rounds, String http, String vertical, String name, ToDoubleFunction<Figures> figure) {
        var title = "Publishing over HTTP/" + http + ": " + vertical;
        var plot = new SvgPlot(
                title,
                "requests in flight",
                vertical,
                IN_FLIGHT.stream().map(String::valueOf).toList());
        for (int size : SIZES) {
            var values = new ArrayList<Double>();
            for (int inFlight : IN_FLIGHT) {
                values.add(rounds.of(new Point(http, size, inFlight, 1).key(), figure)
                        .median());
            }
            plot.line(size < 1_024 ? size + " B" : size / 1_024 + " KB", values);
        }
        var file = "growth-%s-http%s.svg".formatted(name, http.substring(0, 1));
        plot.write(PLOTS.resolve(file));
        return "![%s](benchmarks/%s)\n\n".formatted(title, file);
    }
}
