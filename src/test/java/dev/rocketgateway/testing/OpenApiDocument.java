package dev.rocketgateway.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A description of an API (OpenAPI 3.1), read with its references followed. */
public final class OpenApiDocument {

    /** Codes that depend on who calls; PermissionsIT provokes them. */
    public static final Set<String> OF_CREDENTIALS =
            Set.of("credentials-missing", "credentials-invalid", "forbidden", "issuer-unavailable");

    private final JsonNode root;

    private OpenApiDocument(JsonNode root) {
        this.root = root;
    }

    public static OpenApiDocument read(String yaml) {
        try {
            return new OpenApiDocument(new YAMLMapper().readTree(yaml));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** A method of a path. */
    public record Operation(
            String id,
            String method,
            String path,
            List<Parameter> parameters,
            Map<String, Content> bodies,
            Map<String, Response> responses) {

        public Parameter parameter(String name) {
            return parameters.stream()
                    .filter(parameter -> parameter.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }

        /** Whether it is about subscriptions, which need a store and others to be there. */
        public boolean isOfSubscriptions() {
            return path.startsWith("/subscriptions");
        }

        /** Whether workers use it. */
        public boolean isOfReceiving() {
            return path.startsWith("/subscriptions/{name}/messages:");
        }

        /** Whether it is about deliveries, which need a broker and an endpoint. */
        public boolean isOfDeliveries() {
            return path.matches("/subscriptions/\\{name}(:seek|:test|/dlq.*|/redrives.*)");
        }

        @Override
        public String toString() {
            return id;
        }
    }

    /**
     * A parameter.
     *
     * @param in query, header or path
     * @param values the examples, as JSON
     */
    public record Parameter(String name, String in, JsonNode schema, List<JsonNode> values) {}

    /** A body in one media type, with its examples by name. */
    public record Content(JsonNode schema, Map<String, JsonNode> examples) {}

    /** An answer with its headers, and its bodies by media type. */
    public record Response(String description, Set<String> headers, Map<String, Content> content) {}

    public List<Operation> operations() {
        var operations = new ArrayList<Operation>();
        members(root.get("paths")).forEach((path, item) -> members(item)
                .forEach((method, operation) -> operations.add(operation(method, path, operation))));
        return operations;
    }

    public Operation operation(String id) {
        return operations().stream()
                .filter(operation -> operation.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** A value of {@code components/examples}. */
    public JsonNode example(String name) {
        return root.at("/components/examples/" + name + "/value");
    }

    /** What a reference points to, or the node itself if it is none. */
    public JsonNode resolve(JsonNode node) {
        return node.has("$ref") ? resolve(root.at(node.get("$ref").textValue().substring(1))) : node;
    }

    private Operation operation(String method, String path, JsonNode operation) {
        var parameters = new ArrayList<Parameter>();
        operation.path("parameters").forEach(parameter -> parameters.add(parameter(resolve(parameter))));
        var responses = new LinkedHashMap<String, Response>();
        members(operation.get("responses")).forEach((status, response) -> responses.put(status, response(response)));
        return new Operation(
                operation.get("operationId").textValue(),
                method.toUpperCase(Locale.ROOT),
                path,
                parameters,
                contents(operation.path("requestBody").path("content")),
                responses);
    }

    private Parameter parameter(JsonNode parameter) {
        var schema = resolve(parameter.get("schema"));
        var values = new ArrayList<JsonNode>();
        Optional.ofNullable(parameter.get("example")).ifPresent(values::add);
        values.addAll(examples(parameter.path("examples")).values());
        schema.path("examples").forEach(values::add);
        return new Parameter(
                parameter.get("name").textValue(), parameter.get("in").textValue(), schema, values);
    }

    private Response response(JsonNode response) {
        return new Response(
                response.get("description").textValue(),
                members(response.path("headers")).keySet(),
                contents(response.path("content")));
    }

    private Map<String, Content> contents(JsonNode content) {
        var contents = new LinkedHashMap<String, Content>();
        members(content)
                .forEach((type, body) ->
                        contents.put(type, new Content(resolve(body.get("schema")), examples(body.path("examples")))));
        return contents;
    }

    private Map<String, JsonNode> examples(JsonNode examples) {
        var values = new LinkedHashMap<String, JsonNode>();
        members(examples).forEach((name, example) -> values.put(name, example.get("value")));
        return values;
    }

    private Map<String, JsonNode> members(JsonNode object) {
        var members = new LinkedHashMap<String, JsonNode>();
        object.properties().forEach(member -> members.put(member.getKey(), resolve(member.getValue())));
        return members;
    }
}
