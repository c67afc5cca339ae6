package dev.rocketgateway.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page of the documentation, named from the root of the project. */
record Page(Path path) {

    private static final Pattern CELL_BORDER = Pattern.compile("(?<!\\\\)\\|");

    static Page of(String path) {
        return new Page(Path.of(path));
    }

    /** All pages for people, the records of decisions included. */
    static List<Page> all() {
        var roots = Stream.of(Path.of("README.md"), Path.of("CONTRIBUTING.md"), Path.of("CHANGELOG.md"));
        try (var docs = Files.walk(Path.of("docs"))) {
            return Stream.concat(roots, docs.filter(file -> file.toString().endsWith(".md")))
                    .map(Page::new)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String text() {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The cells of every table row whose first cell matches, in the order of the page. */
    List<List<String>> rows(String firstCell) {
        return text().lines()
                .filter(line -> line.startsWith("|"))
                .map(Page::cells)
                .filter(cells -> cells.get(0).matches(firstCell))
                .toList();
    }

    /** Everything in the page that matches. */
    Stream<String> all(Pattern pattern) {
        return pattern.matcher(text()).results().map(MatchResult::group);
    }

    private static List<String> cells(String line) {
        var parts = CELL_BORDER.split(line, -1);
        return Arrays.stream(parts, 1, parts.length - 1).map(String::strip).toList();
    }
}
