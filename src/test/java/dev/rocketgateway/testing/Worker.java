package dev.rocketgateway.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Receives the messages of one pull subscription at one gateway, as a worker would. */
public final class Worker {

    private final GatewayProcess gateway;
    private final String subscription;

    public Worker(GatewayProcess gateway, String subscription) {
        this.gateway = gateway;
        this.subscription = subscription;
    }

    /** A received message. */
    public record Message(String receipt, String id, String body, int attempt, JsonNode json) {

        static Message of(JsonNode json) {
            return new Message(
                    json.path("receipt").textValue(),
                    json.path("id").textValue(),
                    json.path("body").textValue(),
                    json.path("attempt").intValue(),
                    json);
        }
    }

    public HttpResponse<String> tryToReceive(String query) {
        return gateway.send(gateway.request("/subscriptions/%s/messages:receive%s".formatted(subscription, query))
                .POST(BodyPublishers.noBody()));
    }

    public List<Message> receive(String query) {
        var json = Subscriptions.json(tryToReceive(query), 200);
        return StreamSupport.stream(json.path("messages").spliterator(), false)
                .map(Message::of)
                .toList();
    }

    /** One message, which comes within the longest wait. */
    public Message receiveOne(String query) {
        var messages = receive("?wait=20s" + query);
        if (messages.size() != 1) {
            throw new AssertionError("received " + messages);
        }
        return messages.get(0);
    }

    public HttpResponse<String> post(String action, String body) {
        return gateway.send(gateway.request(
                        "/subscriptions/%s/messages:%s".formatted(subscription, action),
                        "Content-Type",
                        "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    public HttpResponse<String> acknowledge(String... receipts) {
        return post("ack", "{\"receipts\":%s}".formatted(list(receipts)));
    }

    public HttpResponse<String> extend(String visibility, String... receipts) {
        return post("extend", "{\"receipts\":%s,\"visibility\":\"%s\"}".formatted(list(receipts), visibility));
    }

    private static String list(String... receipts) {
        return List.of(receipts).stream().collect(Collectors.joining("\",\"", "[\"", "\"]"));
    }
}
