package dev.rocketgateway.testing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rocketgateway.testing.OpenApiDocument.Operation;
import dev.rocketgateway.testing.OpenApiDocument.Parameter;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A request made of the examples of an API's description, as a client made from it would. */
public final class OpenApiRequest {

    private final Operation operation;
    private final List<String> query = new ArrayList<>();
    private final List<String> headers = new ArrayList<>();
    private String path;
    private BodyPublisher body = BodyPublishers.noBody();

    private OpenApiRequest(Operation operation) {
        this.operation = operation;
        this.path = operation.path();
    }

    /**
     * With the examples of the path's parameters.
     *
     * @param topic in place of the topic there, which other tests use too
     */
    public static OpenApiRequest of(Operation operation, String topic) {
        var request = new OpenApiRequest(operation);
        request.path = request.path.replace("{topic}", topic);
        operation.parameters().stream()
                .filter(parameter -> parameter.in().equals("path"))
                .forEach(request::withExample);
        return request;
    }

    /** With the first example of the parameter. */
    public OpenApiRequest withExample(Parameter parameter) {
        return with(parameter, parameter.values().get(0));
    }

    /** Written in the styles that hold where the description names none: form in the query, simple in headers. */
    public OpenApiRequest with(Parameter parameter, JsonNode value) {
        switch (parameter.in()) {
            case "path" -> path = path.replace("{" + parameter.name() + "}", encoded(value));
            case "header" -> {
                headers.add(parameter.name());
                headers.add(elements(value).collect(Collectors.joining(",")));
            }
            case "query" -> {
                if (value.isObject()) {
                    value.properties()
                            .forEach(member -> query.add(encoded(member.getKey()) + "=" + encoded(member.getValue())));
                } else {
                    elements(value).forEach(element -> query.add(parameter.name() + "=" + encoded(element)));
                }
            }
            default -> throw new IllegalArgumentException(parameter.in());
        }
        return this;
    }

    /** JSON types as JSON, all others as the text they are shown with. */
    public OpenApiRequest body(String type, JsonNode example) {
        headers.add("Content-Type");
        headers.add(type);
        body = BodyPublishers.ofString(example.isTextual() ? example.textValue() : example.toString());
        return this;
    }

    public HttpResponse<String> send(GatewayProcess gateway) {
        var target = query.isEmpty() ? path : path + "?" + String.join("&", query);
        var request = gateway.request(target, headers.toArray(String[]::new));
        return gateway.send(request.method(operation.method(), body));
    }

    private static Stream<String> elements(JsonNode value) {
        return value.isArray()
                ? StreamSupport.stream(value.spliterator(), false).map(JsonNode::asText)
                : Stream.of(value.asText());
    }

    private static String encoded(JsonNode value) {
        return encoded(value.asText());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
