package dev.rocketgateway.look.tail;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.rocketgateway.deliver.payload.MessageJson;
import dev.rocketgateway.look.StoredMessage;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The format in which the events of a tail are written.
 *
 * <pre>
 * EVENTS: id: …          LINES: {"event":"message","id":"…","data":{…}}
 *         event: …
 *         data: {…}
 * </pre>
 */
enum TailFormat {
    /** Server-sent events. An event without a name is a message. */
    EVENTS(TailResource.EVENTS) {
        @Override
        Buffer event(String name, String id, byte[] data) {
            return Buffer.buffer(data.length + id.length() + 64)
                    .appendString("id: " + id + "\n" + (name.equals(MESSAGE) ? "" : "event: " + name + "\n") + "data: ")
                    .appendBytes(data)
                    .appendString("\n\n");
        }

        @Override
        Buffer begin(String id) {
            return Buffer.buffer("retry: 1000\nid: " + id + "\n\n");
        }

        /** The current id, and a comment. A caller that connects again can continue from this id, even if it has received no message. */
        @Override
        Buffer heartbeat(String id) {
            return Buffer.buffer("id: " + id + "\n: heartbeat\n\n");
        }
    },
    /** One JSON object in each line. */
    LINES(TailResource.LINES) {
        @Override
        Buffer event(String name, String id, byte[] data) {
            return Buffer.buffer(data.length + id.length() + 64)
                    .appendString("{\"event\":\"" + name + "\",\"id\":\"" + id + "\",\"data\":")
                    .appendBytes(data)
                    .appendString("}\n");
        }

        @Override
        Buffer begin(String id) {
            return event("begin", id, NOTHING);
        }

        @Override
        Buffer heartbeat(String id) {
            return event("heartbeat", id, NOTHING);
        }
    };

    static final String MESSAGE = "message";
    static final byte[] NOTHING = {'{', '}'};

    private static final JsonFactory JSON = new JsonFactory();

    private final String mediaType;

    TailFormat(String mediaType) {
        this.mediaType = mediaType;
    }

    String mediaType() {
        return mediaType;
    }

    abstract Buffer event(String name, String id, byte[] data);

    /** The first event, with the id of the start. */
    abstract Buffer begin(String id);

    abstract Buffer heartbeat(String id);

    /** Writes JSON. */
    interface Content {

        void writeTo(JsonGenerator json) throws IOException;
    }

    /** A JSON object in one line. */
    static byte[] object(Content content) {
        var bytes = new ByteArrayOutputStream();
        try (var json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            content.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** The message with the fields of a JSON webhook, and the fields that say where it is stored. */
    static byte[] data(StoredMessage stored) {
        return object(json -> {
            MessageJson.writeFields(stored.message(), true, json);
            json.writeStringField("brokerName", stored.brokerName());
            json.writeNumberField("queueId", stored.queueId());
            json.writeNumberField("queueOffset", stored.queueOffset());
            json.writeStringField("storedAt", stored.storedAt().toString());
        });
    }
}
