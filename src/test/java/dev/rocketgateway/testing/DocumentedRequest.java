package dev.rocketgateway.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A curl command of a page, and the answer the page shows to it, which may be empty.
 *
 * in the page                                     | is
 * ------------------------------------------------|----------------------------------------------
 * a fence with lines that begin with "$ "         | commands, each with the answer below it
 * any other fence without a language, or of shell | commands, a line each unless quoted or continued
 * a fence of json directly below one of those     | the answer to its last command
 */
public record DocumentedRequest(int line, String command, String answer) {

    private static final Pattern CURL = Pattern.compile("(^|\\| )curl ");
    private static final String PROMPT = "$ ";
    private static final String FENCE = "```";

    /** All of a text, in its order; lines count from 1. */
    public static List<DocumentedRequest> in(String text) {
        var lines = text.lines().toList();
        var found = new ArrayList<DocumentedRequest>();
        int lastFence = 0;
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith(FENCE)) {
                continue;
            }
            int end = lines.subList(i + 1, lines.size()).indexOf(FENCE) + i + 1;
            var inside = lines.subList(i + 1, end);
            switch (lines.get(i).substring(FENCE.length())) {
                case "", "shell" -> addAll(found, inside, i + 2);
                case "json" -> {
                    boolean below = lastFence > 0
                            && lines.subList(lastFence, i).stream().allMatch(String::isBlank);
                    if (below && !found.isEmpty() && endOf(found.get(found.size() - 1)) == lastFence - 1) {
                        found.add(found.remove(found.size() - 1).answeredBy(String.join("\n", inside)));
                    }
                }
                default -> {}
            }
            i = end;
            lastFence = end + 1;
        }
        return found;
    }

    private static void addAll(List<DocumentedRequest> found, List<String> lines, int firstLine) {
        boolean transcript = lines.stream().anyMatch(line -> line.startsWith(PROMPT));
        for (int i = 0; i < lines.size(); ) {
            int start = i++;
            var first = lines.get(start);
            if (first.isBlank() || (transcript ? !first.startsWith(PROMPT) : first.startsWith("#"))) {
                continue;
            }
            var command = new StringBuilder(transcript ? first.substring(PROMPT.length()) : first);
            while (goesOn(command) && i < lines.size()) {
                command.append('\n').append(lines.get(i++));
            }
            int answer = i;
            while (transcript && i < lines.size() && !lines.get(i).startsWith(PROMPT)) {
                i++;
            }
            if (CURL.matcher(command).find()) {
                found.add(new DocumentedRequest(
                        firstLine + start, command.toString(), String.join("\n", lines.subList(answer, i))));
            }
        }
    }

    /** Whether a quote is open or the end of the line is escaped. */
    private static boolean goesOn(CharSequence command) {
        char quote = 0;
        boolean escaped = false;
        for (int i = 0; i < command.length(); i++) {
            char c = command.charAt(i);
            if (escaped) {
                escaped = false;
            } else if (c == '\\' && quote != '\'') {
                escaped = true;
            } else if (quote == 0 && (c == '\'' || c == '"')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            }
        }
        return escaped || quote != 0;
    }

    private static int endOf(DocumentedRequest request) {
        return request.line + (int) request.command.lines().count() - 1;
    }

    private DocumentedRequest answeredBy(String text) {
        return new DocumentedRequest(line, command, text);
    }

    /** The command on one line, for the name of a test. */
    @Override
    public String toString() {
        return "line %d: %s".formatted(line, command.replaceAll("\\s+", " "));
    }
}
