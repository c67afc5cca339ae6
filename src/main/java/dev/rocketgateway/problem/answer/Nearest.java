package dev.rocketgateway.problem.answer;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Suggests the known name that is most similar to an unknown one. */
public final class Nearest {

    private static final int MAX_LENGTH = 100;

    private Nearest() {}

    /** The most similar known name; empty if none is similar. */
    public static Optional<String> of(String given, Collection<String> known) {
        if (given.isEmpty() || given.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        return known.stream()
                .filter(name -> distance(given, name) <= tolerance(given, name))
                .min(Comparator.<String>comparingInt(name -> distance(given, name))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** The fault for an unknown name: the given words, and a suggestion if a known name is similar. */
    public static String fault(String words, String given, Collection<String> known) {
        return of(given, known)
                .map(name -> "%s; did you mean `%s`?".formatted(words, name))
                .orElse(words);
    }

    /** The fault for an unknown name: the given words, and a suggestion, or a list of all known names if none is similar. */
    public static String faultWithNames(String words, String given, Collection<String> known) {
        return of(given, known).isPresent() || known.isEmpty()
                ? fault(words, given, known)
                : "%s; use one of %s"
                        .formatted(
                                words, String.join(", ", known.stream().sorted().toList()));
    }

    /** The largest distance of similar names: a third of the length of the shorter name, at least 1. */
    private static int tolerance(String given, String name) {
        return Math.max(1, Math.min(given.length(), name.length()) / 3);
    }

    /**
     * The number of inserted, missing, different and swapped characters, ignoring case.
     *
     * <p>This is the optimal string alignment distance. Three rows of its table are kept in memory, not the whole table.
     */
    public static int distance(String given, String name) {
        var a = given.toLowerCase(Locale.ROOT);
        var b = name.toLowerCase(Locale.ROOT);
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int other = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + other);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            beforeLast = last;
            last = row;
        }
        return last[b.length()];
    }
}
