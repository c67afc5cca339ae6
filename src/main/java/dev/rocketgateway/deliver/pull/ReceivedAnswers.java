package dev.rocketgateway.deliver.pull;

import com.fasterxml.jackson.core.JsonFactory;
import dev.rocketgateway.deliver.lease.Received;
import dev.rocketgateway.deliver.payload.MessageJson;
import dev.rocketgateway.deliver.payload.PayloadFormat;
import dev.rocketgateway.subscription.Subscription;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Writes received messages as responses. */
final class ReceivedAnswers {

    private static final JsonFactory JSON = new JsonFactory();

    private static final String RECEIPT_HEADER = "RocketMQ-Receipt";
    private static final String VISIBLE_UNTIL_HEADER = "RocketMQ-Visible-Until";

    private ReceivedAnswers() {}

    /** All messages as one JSON object. */
    static Response json(List<Received> messages) {
        var bytes = new ByteArrayOutputStream();
        try (var json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeArrayFieldStart("messages");
            for (var received : messages) {
                json.writeStartObject();
                json.writeStringField("receipt", received.receipt());
                json.writeStringField("visibleUntil", received.visibleUntil().toString());
                MessageJson.writeFields(received.message(), true, json);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Response.ok(bytes.toByteArray(), MediaType.APPLICATION_JSON).build();
    }

    /** The body of the only message as it was published, with the headers of a webhook; 204 without a message. */
    static Response raw(Subscription subscription, List<Received> messages) {
        if (messages.isEmpty()) {
            return Response.noContent().build();
        }
        var received = messages.get(0);
        // The default format of a subscription sends the body unchanged.
        var webhook = PayloadFormat.of(subscription).webhook(List.of(received.message()));
        var response = Response.ok(webhook.body())
                .header(RECEIPT_HEADER, received.receipt())
                .header(VISIBLE_UNTIL_HEADER, received.visibleUntil().toString());
        webhook.headers().forEach((name, value) -> {
            if (name.equalsIgnoreCase(HttpHeaders.CONTENT_TYPE)) {
                response.type(value);
            } else {
                response.header(name, value);
            }
        });
        return response.build();
    }
}
