package dev.rocketgateway.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Texts that programs trip over, alone and in JSON. */
final class RandomTexts {

    private static final List<String> NASTY = List.of(
            "",
            " ",
            "\t\n",
            "a|b",
            "\u0001",
            "\u0002",
            "a\u0000b",
            "\uD83D",
            "\uDE00\uD83D",
            "😀",
            "Zürich",
            "\u202E\uFEFF",
            "%",
            "%zz",
            "100% ok",
            "..",
            "%RETRY%g",
            "TBW102",
            "KEYS",
            "UNIQ_KEY",
            "${jndi:x}",
            "null",
            "-1",
            "0",
            "9223372036854775808",
            "1e999",
            "NaN");

    private static final List<String> MEANT = List.of(
            "created",
            "order-42",
            "500ms",
            "1s",
            "PT1S",
            "PT1.5S",
            "999999999999d",
            "-5s",
            "2018-04-05T17:31:00Z",
            "1970-01-01T00:00:00+18:00",
            "+999999999-12-31T23:59:59.999999999Z",
            "18",
            "19",
            "1.0",
            "0.3",
            "a=b",
            "a=",
            "=b",
            "name=100%25",
            "gzip",
            "identity");

    private static final List<String> FIELDS = List.of(
            "body",
            "json",
            "bodyBase64",
            "id",
            "tag",
            "keys",
            "messageGroup",
            "delay",
            "deliverAt",
            "delayLevel",
            "properties",
            "specversion",
            "source",
            "type",
            "time",
            "data",
            "data_base64",
            "datacontenttype",
            "unknown");

    private final Random random;

    RandomTexts(Random random) {
        this.random = random;
    }

    /** What an attribute could be, or not. */
    String value() {
        return random.nextInt(3) == 0 ? nasty() : pick(MEANT);
    }

    String nasty() {
        return switch (random.nextInt(12)) {
            case 0 -> pick(NASTY).repeat(1 + random.nextInt(50));
            case 1 -> ascii(random.nextInt(300));
            case 2 -> "é".repeat(random.nextInt(20_000));
            case 3 ->
                random.ints(random.nextInt(40), 0, Character.MAX_CODE_POINT + 1)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            default -> pick(NASTY);
        };
    }

    /** Printable, without a space. */
    String ascii(int length) {
        return random.ints(length, '!', '~' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    String lines() {
        var lines = new StringBuilder();
        for (int i = random.nextInt(50); i > 0; i--) {
            lines.append(random.nextInt(3) == 0 ? nasty() : json(2))
                    .append(pick(List.of("\n", "\r\n", "\n\n", "\r", " \n")));
        }
        return lines.toString();
    }

    String batch() {
        var messages = new ArrayList<String>();
        for (int i = random.nextInt(random.nextInt(30) == 0 ? 1100 : 8); i > 0; i--) {
            messages.add(random.nextInt(8) == 0 ? json(3) : object(random.nextInt(4) + 1, 2));
        }
        var array = "[" + String.join(",", messages) + "]";
        return switch (random.nextInt(12)) {
            case 0 -> array;
            case 1 -> "{\"messages\":" + array + ",\"messages\":" + array + "}";
            case 2 -> "{\"messages\":" + json(2) + "}";
            case 3 -> "[".repeat(random.nextInt(3000));
            default -> "{\"messages\":" + array + "}";
        };
    }

    String event() {
        return random.nextInt(3) == 0
                ? object(6, 2)
                : "{\"specversion\":\"1.0\",\"id\":%s,\"source\":%s,\"type\":\"t\",\"%s\":%s}"
                        .formatted(quoted(value()), quoted(value()), pick(FIELDS), json(2));
    }

    private String object(int fields, int depth) {
        var members = new ArrayList<String>();
        for (int i = 0; i < fields; i++) {
            var name = random.nextInt(10) == 0 ? nasty() : pick(FIELDS);
            members.add(quoted(name) + ":" + json(depth));
        }
        return "{" + String.join(",", members) + "}";
    }

    private String json(int depth) {
        return switch (random.nextInt(depth > 0 ? 10 : 8)) {
            case 0 -> "null";
            case 1 -> pick(List.of("0", "-0", "1e400", "18", "1.5", "-99999999999999999999", "true", "false"));
            case 7 -> random.nextInt(4) == 0 ? edge() : quoted(value());
            case 2 -> pick(List.of("{", "]", "01", "'a'", "\"\\uD800\"", "\"\\x\"", "tru", "\"\u0000\"", "/**/1"));
            case 8 -> "[" + json(depth - 1) + "," + json(depth - 1) + "]";
            case 9 -> object(random.nextInt(3), depth - 1);
            default -> quoted(value());
        };
    }

    /** JSON that some parsers read and others do not. */
    private String edge() {
        int size = pick(List.of(10, 999, 1000, 1001, 1002, 3000));
        return switch (random.nextInt(6)) {
            case 0 -> "-" + "7".repeat(size);
            case 1 -> "0." + "7".repeat(size) + "e7";
            case 2 -> "[".repeat(size) + "]".repeat(size);
            case 3 -> "{\"a\":".repeat(size) + "1" + "}".repeat(size);
            case 4 -> "{\"%s\":1}".formatted(pick(List.of("n", "€", "\\u0041")).repeat(size * 50));
            default -> pick(List.of("{\"\\uD83D\":1}", "{\"\\uDE00\\uD83D\":1}", "\"\\uD83D\\uDE00\"", "\"\\u0000\""));
        };
    }

    private String quoted(String text) {
        var quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\' || c < 0x20) {
                quoted.append("\\u%04x".formatted(c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
