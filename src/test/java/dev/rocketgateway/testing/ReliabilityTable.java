package dev.rocketgateway.testing;

import dev.rocketgateway.testing.Traffic.Account;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What callers and endpoints saw of each fault. With {@code -Dreplicas.update=true} it becomes the table of
 * {@code docs/reliability.md}.
 */
public final class ReliabilityTable {

    private static final Path PAGE = Path.of("docs/reliability.md");
    private static final String BEGIN = "<!-- made by src/test/replicas/run -->\n";
    private static final String END = "<!-- until here -->\n";

    private final Map<String, Row> rows = new LinkedHashMap<>();

    /** All times that a fault happened, together. */
    private static final class Row {

        private int times;
        private final Map<String, Integer> failed = new TreeMap<>();
        private long duplicates;
        private Duration publishGap = Duration.ZERO;
        private Duration deliveryGap = Duration.ZERO;

        void add(Account account) {
            times++;
            account.failed().forEach((what, count) -> failed.merge(what, count, Integer::sum));
            duplicates += account.duplicates();
            publishGap = longer(publishGap, account.publishGap());
            deliveryGap = longer(deliveryGap, account.deliveryGap());
        }

        private static Duration longer(Duration one, Duration other) {
            return one.compareTo(other) > 0 ? one : other;
        }

        int failures() {
            return failed.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    public void add(String fault, Account account) {
        rows.computeIfAbsent(fault, key -> new Row()).add(account);
    }

    /** Number of failed requests during the faults whose name contains the text. */
    public int failures(String text) {
        return rows.entrySet().stream()
                .filter(row -> row.getKey().contains(text))
                .mapToInt(row -> row.getValue().failures())
                .sum();
    }

    /** Writes the table, if wanted. */
    public void finish(int perSecond, int acknowledged, int lost) {
        var text = new StringBuilder();
        text.append(
                "Measured on %s, on %d cores shared by all of it: %d messages per second in each direction, %,d acknowledged, **%d lost**.%n%n"
                        .formatted(
                                LocalDate.now(),
                                Runtime.getRuntime().availableProcessors(),
                                perSecond,
                                acknowledged,
                                lost));
        text.append(
                "| fault | times | failed requests | longest time without an acknowledgment | longest time without a webhook"
                        + " | webhooks that came twice |\n|---|---|---|---|---|---|\n");
        rows.forEach((fault, row) -> text.append("| %s | %d | %s | %s | %s | %d |%n"
                .formatted(
                        fault,
                        row.times,
                        row.failed.isEmpty() ? "0" : row.failures() + " " + row.failed,
                        seconds(row.publishGap),
                        seconds(row.deliveryGap),
                        row.duplicates)));
        if (!Boolean.getBoolean("replicas.update")) {
            System.out.print(text);
            return;
        }
        try {
            var page = Files.readString(PAGE);
            int begin = page.indexOf(BEGIN);
            int end = page.indexOf(END);
            if (begin < 0 || end < 0) {
                throw new IllegalStateException("no markers in " + PAGE);
            }
            Files.writeString(PAGE, page.substring(0, begin) + BEGIN + "\n" + text + "\n" + page.substring(end));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
