package dev.rocketgateway.subscription.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocketgateway.subscription.fault.Faults;
import java.util.Map;
import java.util.Set;

/** Checks and completes the fields of a pull subscription in JSON. */
final class PullFields {

    static final String PULL = "pull";

    private static final String DEFAULT_VISIBILITY = "30s";

    private static final Set<String> OF_WEBHOOKS =
            Set.of("endpoint", "payload", "batch", "delivery", "responses", "circuitBreaker");

    private static final String RETRY = "retry";
    private static final Set<String> RETRIES_OF_WEBHOOKS =
            Set.of("schedule", "honorRetryAfter", "retryAfterMax", "onExhausted");

    private PullFields() {}

    /**
     * Adds the default length of a lease, and a fault for each field that only webhooks have.
     *
     * @param settings settings that were read from the document
     * @param document a document whose field {@code pull} is an object
     */
    static void complete(Map<String, String> settings, ObjectNode document, Faults faults) {
        settings.putIfAbsent("pull.visibility", DEFAULT_VISIBILITY);
        refuse(document, "", OF_WEBHOOKS, faults);
        refuse(document.path(RETRY), RETRY + ".", RETRIES_OF_WEBHOOKS, faults);
    }

    private static void refuse(JsonNode object, String path, Set<String> names, Faults faults) {
        object.properties().forEach(field -> {
            if (names.contains(field.getKey()) && !field.getValue().isNull()) {
                faults.add(
                        path + field.getKey(),
                        "is for webhooks and cannot be combined with pull; remove one of the two");
            }
        });
    }
}
