package dev.rocketgateway.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jboss.logging.Logger;

/** Where results go: the log, {@code target/bench/results.txt}, and with {@code -Dbench.update=true} the documentation. */
final class Report {

    private static final Logger LOG = Logger.getLogger(Report.class);

    private static final Path RESULTS = Path.of("target/bench/results.txt");
    private static final Path PAGE = Path.of("docs/benchmarks.md");

    private Report() {}

    /**
     * @param line what was measured, then {@code key=value}
     */
    static void line(String line) {
        LOG.info(line);
        try {
            Files.createDirectories(RESULTS.getParent());
            Files.writeString(RESULTS, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean updatesThePage() {
        return Boolean.getBoolean("bench.update");
    }

    /** What the page says between the markers of this name. */
    static String section(String name) {
        var page = page();
        return page.substring(begin(page, name), end(page, name)).strip();
    }

    /** Replaces that. */
    static void writeSection(String name, String text) {
        var page = page();
        try {
            Files.writeString(
                    PAGE,
                    page.substring(0, begin(page, name)) + "\n" + text.strip() + "\n"
                            + page.substring(end(page, name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int begin(String page, String name) {
        var marker = "<!-- " + name + ":begin -->";
        return found(page.indexOf(marker), marker) + marker.length();
    }

    private static int end(String page, String name) {
        var marker = "<!-- " + name + ":end -->";
        return found(page.indexOf(marker), marker);
    }

    private static int found(int at, String marker) {
        if (at < 0) {
            throw new IllegalStateException(PAGE + " has no " + marker);
        }
        return at;
    }

    private static String page() {
        try {
            return Files.readString(PAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
