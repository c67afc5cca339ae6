package dev.rocketgateway.publish.single;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.publish.attributes.CloudEventAttributes;
import dev.rocketgateway.publish.attributes.CloudEventJson;
import dev.rocketgateway.publish.attributes.MessageAttributes;
import dev.rocketgateway.publish.request.RequestBody;
import io.vertx.core.MultiMap;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;

/**
 * The form of a request body according to the headers: plain bytes, or a CloudEvent in one of the modes of the HTTP binding.
 *
 * @param kind the kind of body
 * @param known the attributes that are in the headers
 * @param forBody returns the attributes of the message when the body is known
 */
record MessageForm(Kind kind, MessageAttributes known, Function<byte[], MessageAttributes> forBody) {

    enum Kind {
        BYTES,
        DATA_OF_EVENT,
        EVENT
    }

    private static final String EVENT_TYPES = "application/cloudevents";

    /**
     * Determines the form of a request body by the headers.
     *
     * @param given the attributes the caller gave the message
     * @throws GatewayException {@code invalid-request} for an invalid event in binary mode, {@code unsupported-media-type} for an
     *     event in an unsupported format
     */
    static MessageForm of(MultiMap headers, MessageAttributes given) {
        var contentType = headers.get("Content-Type");
        if (contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith(EVENT_TYPES)) {
            if (!isType(contentType, CloudEventJson.EVENT)) {
                throw CloudEventJson.unsupported(contentType);
            }
            RequestBody.refuseEncoded(headers);
            return new MessageForm(
                    Kind.EVENT,
                    given,
                    body -> CloudEventAttributes.fromFields(CloudEventJson.attributesOf(body), contentType, given));
        }
        if (CloudEventAttributes.areIn(headers)) {
            var attributes = CloudEventAttributes.fromHeaders(headers, given);
            return new MessageForm(Kind.DATA_OF_EVENT, attributes, body -> attributes);
        }
        return new MessageForm(Kind.BYTES, given, body -> given);
    }

    /** Whether a request without a body is a message: an event may have no data. */
    boolean mayBeEmpty() {
        return kind == Kind.DATA_OF_EVENT;
    }

    /**
     * Returns the bytes to store for the body of the request.
     *
     * @throws GatewayException {@code invalid-request} for a single zero byte, which marks an event without data
     */
    byte[] stored(byte[] body) {
        if (kind != Kind.DATA_OF_EVENT) {
            return body;
        }
        if (Arrays.equals(body, CloudEventAttributes.NO_DATA)) {
            throw GatewayException.invalid(
                    "body",
                    ("cannot be a single zero byte, because this byte marks an event without data; to send this byte as "
                                    + "data, send the whole event as %s")
                            .formatted(CloudEventJson.EVENT));
        }
        return body.length == 0 ? CloudEventAttributes.NO_DATA.clone() : body;
    }

    /**
     * The attributes of the message with this body.
     *
     * @throws GatewayException {@code malformed-body} or {@code invalid-request} for an invalid event in structured mode
     */
    MessageAttributes attributes(byte[] body) {
        return forBody.apply(body);
    }

    /** Whether the header names the type, with or without parameters. */
    private static boolean isType(String contentType, String type) {
        int parameters = contentType.indexOf(';');
        return (parameters < 0 ? contentType : contentType.substring(0, parameters))
                .strip()
                .equalsIgnoreCase(type);
    }
}
