package dev.rocketgateway.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jboss.logging.Logger;

/**
 * Measures several sides in turn, again and again, so that what else the machine does meets all of them.
 *
 * <pre>
 *   A B C   A B C   A B C   …      ratio of a round = A / B of that round; told are median, least and most
 *   └ warms up
 * </pre>
 */
final class Rounds {

    private static final Logger LOG = Logger.getLogger(Rounds.class);

    private final String name;
    private final int rounds;
    private final Map<String, Callable<Figures>> sides = new LinkedHashMap<>();
    private final Map<String, List<Figures>> measured = new LinkedHashMap<>();

    /**
     * @param rounds that count; one more comes before them
     */
    Rounds(String name, int rounds) {
        this.name = name;
        this.rounds = rounds;
    }

    Rounds side(String side, Callable<Figures> measurement) {
        sides.put(side, measurement);
        measured.put(side, new ArrayList<>());
        return this;
    }

    Rounds run() throws Exception {
        for (int round = 0; round <= rounds; round++) {
            for (var side : sides.entrySet()) {
                var figures = side.getValue().call();
                LOG.infof("%s round=%d side=%s %s", name, round, side.getKey(), figures);
                if (round > 0) {
                    measured.get(side.getKey()).add(figures);
                }
            }
        }
        return this;
    }

    /** A figure of one side over all rounds. */
    Spread of(String side, ToDoubleFunction<Figures> figure) {
        return Spread.of(measured.get(side).stream().mapToDouble(figure).boxed().toList());
    }

    /** A figure of one side as a multiple of another's, round by round. */
    Spread ratio(String side, String to, ToDoubleFunction<Figures> figure) {
        var ratios = new ArrayList<Double>();
        for (int i = 0; i < rounds; i++) {
            ratios.add(figure.applyAsDouble(measured.get(side).get(i))
                    / figure.applyAsDouble(measured.get(to).get(i)));
        }
        return Spread.of(ratios);
    }

    /** A figure of one side less that of another, round by round. */
    Spread difference(String side, String from, ToDoubleFunction<Figures> figure) {
        var differences = new ArrayList<Double>();
        for (int i = 0; i < rounds; i++) {
            differences.add(figure.applyAsDouble(measured.get(side).get(i))
                    - figure.applyAsDouble(measured.get(from).get(i)));
        }
        return Spread.of(differences);
    }

    /** Median, least and most of several values. */
    record Spread(double median, double least, double most) {

        static Spread of(List<Double> values) {
            var sorted = values.stream().sorted().toList();
            int middle = sorted.size() / 2;
            return new Spread(
                    sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2,
                    sorted.get(0),
                    sorted.get(sorted.size() - 1));
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.2f (%.2f..%.2f)", median, least, most);
        }
    }
}
