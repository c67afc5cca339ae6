package dev.rocketgateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * JSON as a page shows it, where {@code …} at the end of an object or array stands for more of it. Only the type of values that
 * differ each time is compared.
 */
public final class DocumentedJson {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> VARYING = Set.of(
            "msgId",
            "offsetMsgId",
            "queueId",
            "queueOffset",
            "recallHandle",
            "requestId",
            "generation",
            "secret",
            "notAfter");
    private static final String MORE = "…";
    private static final Pattern MORE_MEMBERS = Pattern.compile("…\\s*}");
    private static final Pattern MORE_ELEMENTS = Pattern.compile("…\\s*]");

    private DocumentedJson() {}

    public static JsonNode read(String documented) {
        var members = MORE_MEMBERS.matcher(documented).replaceAll("\"…\":\"…\"}");
        return parse(MORE_ELEMENTS.matcher(members).replaceAll("\"…\"]"));
    }

    /** Fails unless the answer is what the page shows. */
    public static void assertShows(String documented, String answer) {
        assertShows("", read(documented), parse(answer));
    }

    private static void assertShows(String at, JsonNode documented, JsonNode answer) {
        assertThat(answer.getNodeType()).as("type of %s", at).isEqualTo(documented.getNodeType());
        if (documented.isObject()) {
            var shown = names(documented);
            boolean more = shown.remove(MORE);
            assertThat(names(answer)).as("members of %s", at).containsAll(shown);
            assertThat(more || names(answer).size() == shown.size())
                    .as("%s has no members but %s: %s", at, shown, answer)
                    .isTrue();
            shown.forEach(name -> assertShows(at + "/" + name, documented.get(name), answer.get(name)));
        } else if (documented.isArray()) {
            boolean more = !documented.isEmpty()
                    && MORE.equals(documented.get(documented.size() - 1).textValue());
            int shown = documented.size() - (more ? 1 : 0);
            assertThat(answer.size()).as("size of %s", at).isBetween(shown, more ? Integer.MAX_VALUE : shown);
            for (int i = 0; i < shown; i++) {
                assertShows(at + "/" + i, documented.get(i), answer.get(i));
            }
        } else if (!VARYING.contains(at.substring(at.lastIndexOf('/') + 1))) {
            assertThat(answer).as(at).isEqualTo(documented);
        }
    }

    private static Set<String> names(JsonNode object) {
        var names = new TreeSet<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + json, e);
        }
    }
}
