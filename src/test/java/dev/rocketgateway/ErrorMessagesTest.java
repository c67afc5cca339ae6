package dev.rocketgateway;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Holds every text that a caller or an operator can read in one list, {@code error-messages.txt}: details of problems, faults of
 * fields, refusals at the start, and log lines.
 *
 * <p>The texts come from the compiled classes: a string constant with two words is a text, unless it is SQL or markup. A change of
 * a text therefore changes the list, which is reviewed. {@code ./mvnw test -Dtest=ErrorMessagesTest -Dmessages.update=true} writes
 * the list.
 */
class ErrorMessagesTest {

    private static final Path CLASSES = Path.of("target/classes/dev/rocketgateway");
    private static final Path LIST = Path.of("src/test/resources/error-messages.txt");
    private static final int LONGEST_SENTENCE = 25;

    /** What stands in a concatenated string where a value goes. */
    private static final char VALUE = '\u0001';

    private static final Pattern TWO_WORDS = Pattern.compile("[a-z]{2}.* .*[a-z]{2}");
    private static final Pattern SQL = Pattern.compile(
            "(?s)\\s*(select|insert into|update|delete from|from|and|where|order by|\\)) .*[?=,].*|.*order by id desc.*"
                    + "|\\s*select .*|(id|name), [a-z_, ]+|set db_.*");
    private static final Pattern NOT_ENGLISH =
            Pattern.compile("(?s).*(<\\w+.*</|\\n).*|.*\\[a-z].*|.*(\\(\\?|\\\\S).*|EEE.*|/subs.*");

    /** Their strings are words of RocketMQ, which they recognize in its log. */
    private static final Set<String> FOREIGN = Set.of("rocketmq.client.ClientLogger", "devmode.LocalRocketMq");

    /** Words and turns that make a reader read twice; the reason is what to write instead. */
    private static final Map<String, String> BANNED = Map.ofEntries(
            Map.entry("(?<!url) is none\\b|that is none", "say what the value must be"),
            Map.entry("\\banew\\b|once more", "again"),
            Map.entry("(?<!such as )\\btexts?\\b", "string"),
            Map.entry("\\btold\\b|\\btells? of\\b|\\btell\\b", "says"),
            Map.entry("which is not there|there (is|are) (no|none|a|nothing)\\b", "does not exist, is missing"),
            Map.entry("\\bnobody\\b|\\bsomeone\\b", "name the actor"),
            Map.entry("\\bcannot go with\\b|\\bgoes? with\\b", "cannot be combined with, is required with"),
            Map.entry("under way", "running, in flight"),
            Map.entry("by a bug", "because of a bug in the gateway"),
            Map.entry("as many .* as it may", "the limit of"),
            Map.entry("it may have", "the limit of"),
            Map.entry("\\bnot judged\\b|\\bjudge\\b", "check"),
            Map.entry("it can be", "it must be"),
            Map.entry("it takes|\\btakes application", "use one of, accepts"),
            Map.entry("cannot be made|\\bto make (it|one)\\b", "create"),
            Map.entry("white space|\\bblank before", "whitespace, space"),
            Map.entry("what (follows|was|they|it)\\b", "name the thing"),
            Map.entry("is that of", "belongs to, is used by"),
            Map.entry("is another", "differs from"),
            Map.entry("it is tried again", "will be retried"),
            Map.entry("behaviour|colour|honour|recognis|serialis", "US spelling"));

    private static Map<String, Set<String>> texts;

    @BeforeAll
    static void readClasses() throws IOException {
        texts = new TreeMap<>();
        try (var files = Files.walk(CLASSES)) {
            for (var file : files.filter(path -> path.toString().endsWith(".class"))
                    .sorted()
                    .toList()) {
                var name = CLASSES.relativize(file).toString().replace('/', '.').replaceFirst("(\\$.*)?\\.class$", "");
                for (var text : constants(file)) {
                    if (isRead(name, text)) {
                        texts.computeIfAbsent(name, any -> new LinkedHashSet<>())
                                .add(text.replace(VALUE, '…'));
                    }
                }
            }
        }
    }

    @Test
    void everyTextIsInTheReviewedList() throws IOException {
        var actual = texts.entrySet().stream()
                .map(entry -> entry.getKey()
                        + entry.getValue().stream()
                                .sorted()
                                .map("\n    %s"::formatted)
                                .collect(joining())
                        + "\n")
                .collect(joining("\n"));
        if (Boolean.getBoolean("messages.update")) {
            Files.writeString(LIST, actual);
        }

        assertThat(actual)
                .as(
                        "texts in the code; review them by the rules of CONTRIBUTING.md, then run with -Dmessages.update=true")
                .isEqualTo(Files.readString(LIST));
    }

    @Test
    void everyTextIsPlainEnglish() {
        var faults = new ArrayList<String>();
        texts.forEach((name, all) -> all.forEach(text -> {
            BANNED.forEach((words, instead) -> {
                if (Pattern.compile(words, Pattern.CASE_INSENSITIVE)
                        .matcher(text)
                        .find()) {
                    faults.add("%s: '%s' – write: %s".formatted(name, text, instead));
                }
            });
            sentences(text)
                    .filter(sentence -> sentence.split("\\s+").length > LONGEST_SENTENCE)
                    .forEach(sentence ->
                            faults.add("%s: longer than %d words: '%s'".formatted(name, LONGEST_SENTENCE, sentence)));
        }));

        assertThat(faults).isEmpty();
    }

    @Test
    void readsTextsFromWhereverTheyAre() {
        assertThat(texts.get("publish.request.RequestBody"))
                .as("an argument")
                .contains("The body is larger than the limit of %d bytes.");
        assertThat(texts.get("problem.ProblemType")).as("a constant of an enum").contains("Topic is reserved");
        assertThat(texts.get("publish.attributes.RequestAttributes"))
                .as("a concatenation")
                .anyMatch(text -> text.startsWith("differs from the value of the header"));
        assertThat(texts.keySet()).hasSizeGreaterThan(100);
    }

    private static boolean isRead(String name, String text) {
        return TWO_WORDS.matcher(text).find()
                && !SQL.matcher(text).matches()
                && !NOT_ENGLISH.matcher(text).matches()
                && !FOREIGN.contains(name);
    }

    private static Stream<String> sentences(String text) {
        return Stream.of(text.split("(?<=[.;:?]) "));
    }

    /** The string constants of a class file; the names and annotations in it are constants of another kind. */
    private static List<String> constants(Path file) {
        try (var in = new DataInputStream(Files.newInputStream(file))) {
            in.skipNBytes(8);
            int count = in.readUnsignedShort();
            var words = new String[count];
            var strings = new ArrayList<Integer>();
            for (int i = 1; i < count; i++) {
                int kind = in.readUnsignedByte();
                switch (kind) {
                    case 1 -> words[i] = in.readUTF();
                    case 8 -> strings.add(in.readUnsignedShort());
                    case 7, 16, 19, 20 -> in.skipNBytes(2);
                    case 15 -> in.skipNBytes(3);
                    case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
                    case 5, 6 -> {
                        in.skipNBytes(8);
                        i++;
                    }
                    default -> throw new IllegalStateException("kind %d in %s".formatted(kind, file));
                }
            }
            return strings.stream().map(index -> words[index]).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
