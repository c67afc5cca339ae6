package dev.rocketgateway.deliver.operate;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.rocketgateway.message.Instants;
import dev.rocketgateway.problem.FieldError;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.MalformedChunksException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.json.JsonBody;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads the JSON object of an operator's request and collects its faults. Not thread-safe. */
public final class OperatorRequest {

    private static final ObjectReader JSON = new ObjectMapper().reader();

    /** Maximum size of a body in bytes; enough for 1000 ids. */
    private static final int MAX_SIZE = 256 * 1024;

    private final Map<String, JsonNode> fields = new LinkedHashMap<>();
    private final List<FieldError> errors = new ArrayList<>();

    /**
     * Reads the whole body. Blocks until the body has arrived.
     *
     * @param body JSON in UTF-8; an empty body means an empty object
     * @param known the allowed field names
     * @throws GatewayException {@code malformed-body} if the body is not JSON, or {@code document-too-large}
     */
    public OperatorRequest(InputStream body, Set<String> known) {
        byte[] bytes = read(body);
        if (bytes.length == 0) {
            return;
        }
        var json = parse(bytes);
        if (!json.isObject()) {
            fault("body", "must be a JSON object");
            return;
        }
        json.properties().forEach(field -> {
            if (!known.contains(field.getKey())) {
                fault(
                        field.getKey(),
                        "is not a field of this request; its fields are "
                                + String.join(", ", known.stream().sorted().toList()));
            } else if (!JsonBody.isUnicode(field.getValue().toString())) {
                fault(field.getKey(), "contains half of a surrogate pair; send both halves");
            } else if (!field.getValue().isNull()) {
                fields.put(field.getKey(), field.getValue());
            }
        });
    }

    private static byte[] read(InputStream body) {
        try {
            byte[] bytes = body.readNBytes(MAX_SIZE + 1);
            if (bytes.length > MAX_SIZE) {
                throw GatewayException.of(
                        ProblemType.DOCUMENT_TOO_LARGE,
                        "The body is larger than the limit of %d bytes.".formatted(MAX_SIZE));
            }
            return bytes;
        } catch (IOException e) {
            throw MalformedChunksException.problemOf(e);
        }
    }

    private static JsonNode parse(byte[] body) {
        return JsonBody.parse(body, parser -> {
            parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
            var json = JSON.<JsonNode>readTree(parser);
            JsonBody.expectEnd(parser);
            return json == null ? MissingNode.getInstance() : json;
        });
    }

    public void fault(String field, String message) {
        errors.add(new FieldError(field, message));
    }

    public boolean has(String field) {
        return fields.containsKey(field);
    }

    public Optional<String> text(String field) {
        return read(field, JsonNode::isTextual, "must be a string", JsonNode::textValue);
    }

    Optional<Boolean> flag(String field) {
        return read(field, JsonNode::isBoolean, "must be true or false", JsonNode::booleanValue);
    }

    Optional<Double> number(String field) {
        return read(field, JsonNode::isNumber, "must be a number", JsonNode::doubleValue);
    }

    Optional<Instant> time(String field) {
        return text(field).flatMap(text -> {
            try {
                return Optional.of(Instants.parse(text));
            } catch (IllegalArgumentException e) {
                fault(field, String.valueOf(e.getMessage()));
                return Optional.empty();
            }
        });
    }

    public Optional<List<String>> texts(String field) {
        return read(field, OperatorRequest::isTexts, "must be a list of strings", json -> {
            var texts = new ArrayList<String>();
            json.forEach(text -> texts.add(text.textValue()));
            return List.copyOf(texts);
        });
    }

    Optional<Map<String, String>> textMap(String field) {
        return read(field, OperatorRequest::isTextMap, "must be an object whose values are strings", json -> {
            var texts = new LinkedHashMap<String, String>();
            json.properties()
                    .forEach(entry -> texts.put(entry.getKey(), entry.getValue().textValue()));
            return Map.copyOf(texts);
        });
    }

    private static boolean isTexts(JsonNode json) {
        return json.isArray() && json.valueStream().allMatch(JsonNode::isTextual);
    }

    private static boolean isTextMap(JsonNode json) {
        return json.isObject() && json.valueStream().allMatch(JsonNode::isTextual);
    }

    private <T> Optional<T> read(
            String field, Function<JsonNode, Boolean> check, String fault, Function<JsonNode, T> value) {
        var json = fields.get(field);
        if (json == null) {
            return Optional.empty();
        }
        if (!check.apply(json)) {
            fault(field, fault);
            return Optional.empty();
        }
        return Optional.of(value.apply(json));
    }

    /**
     * Throws the collected faults as one error.
     *
     * @throws GatewayException {@code invalid-request} if there is any fault
     */
    public void throwIfFaulty() {
        if (!errors.isEmpty()) {
            throw GatewayException.invalid(errors);
        }
    }
}
