package dev.rocketgateway.publish.batch;

import com.fasterxml.jackson.core.JsonToken;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.json.JsonBody;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a batch in the JSON batch format: an array of events.
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md#4-json-batch-format">JSON batch
 *     format</a>
 */
final class CloudEventBatch {

    /** Level of nesting of an event: inside the array. */
    private static final int LEVEL_OF_EVENTS = 1;

    private CloudEventBatch() {}

    /**
     * @param entries creates an entry from each event; gets the parser at the first token of the event and leaves it at the last
     * @throws GatewayException {@code malformed-body}, {@code invalid-request}, {@code batch-too-large}
     */
    static List<BatchEntry> read(byte[] body, int maxMessages, JsonBody.Reader<BatchEntry> entries) {
        var events = JsonBody.parseEntries(body, LEVEL_OF_EVENTS, (parser, limits) -> {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw GatewayException.of(ProblemType.MALFORMED_BODY, "The body is not a JSON array of events.");
            }
            var all = new ArrayList<BatchEntry>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                BatchJson.expectRoom(all.size(), maxMessages);
                var refusal = limits.refusalAt(parser);
                all.add(refusal.isPresent() ? new BatchEntry.Refused(refusal.get()) : entries.read(parser));
            }
            JsonBody.expectEnd(parser);
            return all;
        });
        if (events.isEmpty()) {
            throw GatewayException.invalid("body", "has no event; send an array with at least one event");
        }
        return events;
    }
}
