package dev.rocketgateway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;

/**
 * Begins with the classes that take longest, so that none of them runs alone at the end. Takes their times from the table of
 * {@code CONTRIBUTING.md}, which {@code src/test/times/run} writes.
 */
public final class LongestFirst implements ClassOrderer {

    private static final Path TABLE = Path.of("CONTRIBUTING.md");
    private static final Pattern CELL = Pattern.compile("\\| `(\\w+)` \\| (\\d+) ");

    @Override
    public void orderClasses(ClassOrdererContext context) {
        var seconds = seconds();
        context.getClassDescriptors()
                .sort(Comparator.comparing((ClassDescriptor each) ->
                                seconds.getOrDefault(each.getTestClass().getSimpleName(), 0))
                        .reversed());
    }

    private static Map<String, Integer> seconds() {
        try {
            var seconds = new HashMap<String, Integer>();
            var cells = CELL.matcher(Files.readString(TABLE));
            while (cells.find()) {
                seconds.put(cells.group(1), Integer.valueOf(cells.group(2)));
            }
            return seconds;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
