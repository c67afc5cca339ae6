package dev.rocketgateway.publish.batch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.rocketgateway.message.MessageProperties;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.answer.Nearest;
import dev.rocketgateway.problem.json.JsonBody;
import dev.rocketgateway.publish.attributes.AttributeRules;
import dev.rocketgateway.publish.attributes.FieldErrors;
import dev.rocketgateway.publish.attributes.MessageAttributes;
import dev.rocketgateway.publish.attributes.MessageAttributesBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads one message of a JSON batch.
 *
 * <pre>
 * field                    | value
 * -------------------------|-------------------------------------------------------
 * body, json, bodyBase64   | exactly one: a string, any JSON value, bytes in Base64
 * id                       | like the header Idempotency-Key of a single message
 * tag, messageGroup, delay | string
 * deliverAt, delayLevel    | string or whole number
 * keys                     | array of strings
 * properties               | object whose values are strings
 * </pre>
 * A JSON value is stored byte for byte as it is in the request.
 */
final class BatchJsonEntry {

    private static final String BODY = "body";
    private static final String JSON_BODY = "json";
    private static final String BASE64_BODY = "bodyBase64";

    private static final List<String> FIELDS = List.of(
            BODY,
            JSON_BODY,
            BASE64_BODY,
            "id",
            "tag",
            "messageGroup",
            "delay",
            "deliverAt",
            "delayLevel",
            "keys",
            "properties");

    private final FieldErrors errors = new FieldErrors();
    private final Set<String> fields = new HashSet<>();
    private final MessageAttributesBuilder attributes;
    private final String id;
    private final TopicName topic;
    private final int maxSize;
    private byte @Nullable [] body;
    private @Nullable String contentType;
    private int bodies;

    /**
     * @param id the message's unique id
     * @param maxSize maximum size of a message's body, in bytes
     */
    BatchJsonEntry(String id, TopicName topic, AttributeRules rules, int maxSize) {
        this.id = id;
        this.topic = topic;
        this.maxSize = maxSize;
        this.attributes = new MessageAttributesBuilder(rules, errors);
    }

    /**
     * Reads the entry.
     *
     * @param parser at the first token of the entry; after the call, at its last one
     * @param source the bytes that the parser reads
     */
    BatchEntry read(JsonParser parser, byte[] source) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return new BatchEntry.Refused(GatewayException.invalid("body", "must be a JSON object"));
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var field = parser.currentName();
            parser.nextToken();
            if (errors.check(field, fields.add(field) ? null : "is given twice")) {
                read(field, parser, source);
            } else {
                parser.skipChildren();
            }
        }
        try {
            return new BatchEntry.Valid(attributes().toMessage(id, topic, checkedBody()));
        } catch (GatewayException refused) {
            return new BatchEntry.Refused(refused);
        }
    }

    private void read(String field, JsonParser parser, byte[] source) throws IOException {
        switch (field) {
            case BODY -> {
                bodies++;
                text(field, parser).ifPresent(text -> body = text.getBytes(StandardCharsets.UTF_8));
            }
            case JSON_BODY -> {
                bodies++;
                body = JsonBody.slice(parser, source);
                contentType = "application/json";
            }
            case BASE64_BODY -> {
                bodies++;
                text(field, parser)
                        .flatMap(text -> errors.read(
                                field, text, Base64.getDecoder()::decode, "is not Base64 (RFC 4648, section 4)"))
                        .ifPresent(bytes -> body = bytes);
            }
            case "id" -> attribute(field, parser, attributes::idempotencyKey);
            case "tag" -> attribute(field, parser, attributes::tag);
            case "messageGroup" -> attribute(field, parser, attributes::messageGroup);
            case "delay" -> attribute(field, parser, attributes::delay);
            case "deliverAt" -> textOrNumber(field, parser, attributes::deliverAt);
            case "delayLevel" -> textOrNumber(field, parser, attributes::delayLevel);
            case "keys" -> keys(field, parser);
            case "properties" -> properties(field, parser);
            default -> {
                errors.add(field, Nearest.fault("is not a field of a message", field, FIELDS));
                parser.skipChildren();
            }
        }
    }

    private MessageAttributes attributes() {
        errors.check(
                BODY,
                bodies == 1 ? null : "must have exactly one of body, json and bodyBase64; it has %d".formatted(bodies));
        attributes.keep(JSON_BODY, MessageProperties.CONTENT_TYPE, contentType);
        return attributes.build();
    }

    private byte[] checkedBody() {
        if (body == null || body.length == 0) {
            throw GatewayException.of(ProblemType.EMPTY_BODY, "The message's body is empty.");
        }
        if (body.length > maxSize) {
            throw GatewayException.of(
                    ProblemType.MESSAGE_TOO_LARGE,
                    "The message's body is larger than the limit of %d bytes.".formatted(maxSize));
        }
        return body;
    }

    private void keys(String field, JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            wrongType(field, parser, "an array of strings");
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            attribute(field, parser, attributes::key);
        }
    }

    private void properties(String field, JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            wrongType(field, parser, "an object whose values are strings");
            return;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var name = parser.currentName();
            parser.nextToken();
            attribute("properties." + name, parser, (property, value) -> attributes.property(property, name, value));
        }
    }

    private void textOrNumber(String field, JsonParser parser, BiConsumer<String, String> attribute)
            throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            attribute.accept(field, parser.getText());
        } else {
            attribute(field, parser, attribute);
        }
    }

    private void attribute(String field, JsonParser parser, BiConsumer<String, String> attribute) throws IOException {
        text(field, parser).ifPresent(text -> attribute.accept(field, text));
    }

    private Optional<String> text(String field, JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            wrongType(field, parser, "text");
            return Optional.empty();
        }
        var text = parser.getText();
        return errors.check(
                        field,
                        JsonBody.isUnicode(text)
                                ? null
                                : "contains half of a surrogate pair; send both halves, or the bytes as bodyBase64")
                ? Optional.of(text)
                : Optional.empty();
    }

    private void wrongType(String field, JsonParser parser, String right) throws IOException {
        errors.add(field, "must be " + right);
        parser.skipChildren();
    }
}
