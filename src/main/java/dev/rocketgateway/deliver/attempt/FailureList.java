package dev.rocketgateway.deliver.attempt;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.rocketgateway.deliver.attempt.PartialFailures.Named;
import dev.rocketgateway.deliver.attempt.PartialFailures.Unreadable;
import dev.rocketgateway.deliver.payload.UnlimitedJson;
import java.io.IOException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Reads the list {@code batchItemFailures} from a JSON response, strictly.
 *
 * <pre>
 * the JSON is                                                   | the response
 * --------------------------------------------------------------|---------------------------
 * null, an empty list, an object without the list               | names no failures
 * an object whose list is null or empty                         | names no failures
 * an object whose list has only objects with an itemIdentifier, | names these ids
 *   a non-empty string or a number                              |
 * an object with the list in another place or under a similar   | is unreadable, unless this
 *   name, such as BatchItemFailures or batch_item_failures      |   list is null or empty
 * anything else                                                 | is unreadable
 * </pre>
 */
final class FailureList {

    /** The name of the list. */
    static final String NAME = "batchItemFailures";

    private static final String ID = "itemIdentifier";

    private static final JsonFactory JSON = UnlimitedJson.factory()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final JsonParser json;
    private final Set<String> ids = new HashSet<>();

    private FailureList(JsonParser json) {
        this.json = json;
    }

    private static final class FaultException extends Exception {

        FaultException(String why) {
            super(why);
        }
    }

    static PartialFailures read(String text) {
        try (var json = JSON.createParser(text.startsWith("\uFEFF") ? text.substring(1) : text)) {
            var list = new FailureList(json);
            list.readRoot();
            return new Named(list.ids);
        } catch (FaultException e) {
            return new Unreadable(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return new Unreadable("is not valid JSON");
        }
    }

    private void readRoot() throws IOException, FaultException {
        var token = json.nextToken();
        if (token == JsonToken.START_OBJECT) {
            readObject(true);
        } else if (token != null && !isNothing(token)) {
            throw new FaultException("is JSON but not an object");
        }
        if (json.nextToken() != null) {
            throw new FaultException("has more than one JSON value");
        }
    }

    /** Whether the value is null or an empty list. After an empty list, the parser is at the end of this list. */
    private boolean isNothing(JsonToken token) throws IOException {
        return token == JsonToken.VALUE_NULL
                || token == JsonToken.START_ARRAY && json.nextToken() == JsonToken.END_ARRAY;
    }

    private void readObject(boolean root) throws IOException, FaultException {
        int depth = 1;
        while (depth > 0) {
            var token = json.nextToken();
            if (token == null) {
                throw new FaultException("is not valid JSON");
            } else if (token == JsonToken.FIELD_NAME) {
                if (root && depth == 1 && json.currentName().equals(NAME)) {
                    readList(json.nextToken());
                } else if (isSimilar(json.currentName()) && !isNothing(json.nextToken())) {
                    throw new FaultException(
                            "has batchItemFailures below the top level, or a field with a similar name");
                }
            } else if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.VALUE_STRING
                    && json.getText().toLowerCase(Locale.ROOT).contains(NAME.toLowerCase(Locale.ROOT))) {
                throw new FaultException(
                        "has batchItemFailures inside a string value; write it as a field of the object");
            }
        }
    }

    private static boolean isSimilar(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "").contains("batchitemfailure");
    }

    private void readList(JsonToken first) throws IOException, FaultException {
        if (first == JsonToken.VALUE_NULL) {
            return;
        }
        if (first != JsonToken.START_ARRAY) {
            throw new FaultException("has a batchItemFailures that is not a list");
        }
        for (var token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            if (token != JsonToken.START_OBJECT) {
                throw new FaultException("has an entry in batchItemFailures that is not an object");
            }
            readEntry();
        }
    }

    private void readEntry() throws IOException, FaultException {
        var id = "";
        for (var token = json.nextToken(); token != JsonToken.END_OBJECT; token = json.nextToken()) {
            boolean identifies = json.currentName().equals(ID);
            var value = json.nextToken();
            if (identifies && (value == JsonToken.VALUE_STRING || value.isNumeric())) {
                id = json.getText();
            }
            json.skipChildren();
        }
        if (id.isEmpty()) {
            throw new FaultException("has an entry in batchItemFailures without itemIdentifier");
        }
        ids.add(id);
    }
}
