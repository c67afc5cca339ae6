package dev.rocketgateway.publish.batch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.rocketgateway.problem.FieldError;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.json.JsonBody;
import dev.rocketgateway.problem.json.JsonLimits;
import dev.rocketgateway.publish.attributes.FieldErrors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code {"messages":[…]}}, RFC 8259 in UTF-8.
 *
 * <p>Invalid JSON fails the whole batch. A fault of one message fails this message only.
 */
final class BatchJson {

    private static final String MESSAGES = "messages";

    /** Level of nesting of a message: inside the object and the array. */
    private static final int LEVEL_OF_MESSAGES = 2;

    private BatchJson() {}

    /**
     * Reads the messages of a batch.
     *
     * @param maxMessages maximum number of messages
     * @param entries creates a reader for each entry
     * @throws GatewayException {@code malformed-body}, {@code invalid-request}, {@code batch-too-large}
     */
    static List<BatchEntry> read(byte[] body, int maxMessages, Supplier<BatchJsonEntry> entries) {
        return JsonBody.parseEntries(
                body, LEVEL_OF_MESSAGES, (parser, limits) -> read(parser, limits, body, maxMessages, entries));
    }

    private static List<BatchEntry> read(
            JsonParser parser, JsonLimits limits, byte[] body, int maxMessages, Supplier<BatchJsonEntry> entries)
            throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw GatewayException.of(
                    ProblemType.MALFORMED_BODY, "The body is not a JSON object; send {\"messages\": [...]}.");
        }
        @Nullable List<BatchEntry> messages = null;
        var errors = new FieldErrors();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var name = parser.currentName();
            var value = parser.nextToken();
            if (messages != null) {
                errors.add(name, "is not a field of a batch, whose only field is messages");
                parser.skipChildren();
            } else if (!name.equals(MESSAGES)) {
                errors.add(name, "is not a field of a batch, whose only field is messages");
                parser.skipChildren();
            } else if (value != JsonToken.START_ARRAY) {
                errors.add(MESSAGES, "must be an array of messages");
                parser.skipChildren();
            } else {
                messages = readMessages(parser, limits, body, maxMessages, entries);
            }
        }
        JsonBody.expectEnd(parser);
        errors.throwIfAny();
        if (messages == null || messages.isEmpty()) {
            throw GatewayException.invalid(List.of(
                    new FieldError(MESSAGES, messages == null ? "is missing" : "is empty; send at least one message")));
        }
        return messages;
    }

    private static List<BatchEntry> readMessages(
            JsonParser parser, JsonLimits limits, byte[] body, int maxMessages, Supplier<BatchJsonEntry> entries)
            throws IOException {
        var messages = new ArrayList<BatchEntry>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            expectRoom(messages.size(), maxMessages);
            var refusal = limits.refusalAt(parser);
            messages.add(
                    refusal.isPresent()
                            ? new BatchEntry.Refused(refusal.get())
                            : entries.get().read(parser, body));
        }
        return messages;
    }

    /**
     * Checks that a batch with this number of entries may have one more.
     *
     * @throws GatewayException {@code batch-too-large} if it may not
     */
    static void expectRoom(int entries, int maxMessages) {
        if (entries == maxMessages) {
            throw GatewayException.of(
                    ProblemType.BATCH_TOO_LARGE,
                    "The batch has more messages than the limit of %d.".formatted(maxMessages));
        }
    }
}
