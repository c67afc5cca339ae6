package dev.rocketgateway.look.message;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.rocketgateway.deliver.payload.MessageJson;
import dev.rocketgateway.look.StoredMessage;
import dev.rocketgateway.message.Durations;
import dev.rocketgateway.subscription.history.Attempt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;

/** Converts stored messages and their states to JSON for responses. */
final class MessageViews {

    private static final ObjectMapper JSON = new ObjectMapper();

    private MessageViews() {}

    /**
     * The message with the fields of a JSON webhook, and the fields that say where it is stored.
     *
     * @param withBody whether to include the body
     */
    static ObjectNode of(StoredMessage stored, boolean withBody) {
        try (var buffer = new TokenBuffer(JSON, false)) {
            buffer.writeStartObject();
            MessageJson.writeFields(stored.message(), true, buffer);
            buffer.writeEndObject();
            ObjectNode json = JSON.readTree(buffer.asParser());
            if (!withBody) {
                json.remove(List.of("bodyEncoding", "body", "bodyBase64"));
            }
            json.put("bodySize", stored.message().body().length);
            json.put("brokerName", stored.brokerName());
            if (stored.scheduled()) {
                json.put("scheduled", true);
                stored.dueAt().map(Instant::toString).ifPresent(due -> json.put("dueAt", due));
            } else {
                json.put("queueId", stored.queueId());
                json.put("queueOffset", stored.queueOffset());
            }
            json.put("storedAt", stored.storedAt().toString());
            json.put("offsetMessageId", stored.offsetMessageId());
            return json;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ObjectNode of(String subscription, Fate fate, List<Attempt> attempts) {
        var json = JSON.createObjectNode();
        json.put("name", subscription);
        json.put("state", fate.state().name());
        json.put("certain", fate.certain());
        json.put("detail", fate.detail());
        var array = json.putArray("attempts");
        attempts.forEach(attempt -> array.add(of(attempt)));
        return json;
    }

    private static ObjectNode of(Attempt attempt) {
        var json = JSON.createObjectNode();
        json.put("attempt", attempt.attempt());
        json.put("at", attempt.at().toString());
        json.put("took", Durations.format(attempt.took()));
        json.put("outcome", attempt.outcome());
        json.put("status", attempt.status().isPresent() ? attempt.status().getAsInt() : null);
        json.put("verdict", attempt.verdict());
        json.put("retryIn", attempt.retryIn().map(Durations::format).orElse(null));
        json.put("detail", attempt.detail());
        return json;
    }
}
