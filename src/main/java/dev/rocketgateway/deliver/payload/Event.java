package dev.rocketgateway.deliver.payload;

import dev.rocketgateway.deliver.payload.PayloadFormat.UnrepresentableException;
import dev.rocketgateway.message.CloudEventRules;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A CloudEvent with its values as the source wrote them: no value is parsed and formatted again, so no value changes its form.
 *
 * <p>Checks less than {@link CloudEventRules#faults}, which refuses what callers publish. An event that another producer has stored can
 * only be delivered or become a dead letter, so it is delivered if receivers can read its form.
 *
 * @param attributes context attributes by name, without the type of the data; {@code true}, {@code false} and whole numbers as they
 *     were written
 * @param contentType the type of the data
 * @param coding the content coding of the data; the gateway never decodes it
 * @param data the data; empty if the event has no data
 */
record Event(
        Map<String, String> attributes, Optional<String> contentType, Optional<String> coding, Optional<byte[]> data) {

    static final String SPEC_VERSION = "specversion";
    static final String ID = "id";

    private static final Pattern TIME =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?([Zz]|[+-]\\d\\d:\\d\\d)");

    /**
     * @throws UnrepresentableException if the attributes are not those of a valid CloudEvent
     */
    Event {
        require(CloudEventRules.isVersion(attributes.getOrDefault(SPEC_VERSION, "")), "specversion must be 1.0 or 0.3");
        for (var required : CloudEventRules.REQUIRED) {
            require(
                    !attributes.getOrDefault(required, "").isEmpty(),
                    "the attribute %s is missing".formatted(required));
        }
        require(!attributes.containsKey("data"), "an attribute of a CloudEvent must not be named data");
        require(
                attributes.keySet().stream().allMatch(CloudEventRules::isAttributeName),
                "names of attributes must have only lowercase letters and digits");
        require(
                !attributes.containsKey("time")
                        || TIME.matcher(attributes.get("time")).matches(),
                "time must be in the format of RFC 3339");
    }

    private static void require(boolean right, String fault) {
        if (!right) {
            throw new UnrepresentableException("is marked as a CloudEvent but is not valid: " + fault, null);
        }
    }

    String id() {
        return attributes.getOrDefault(ID, "");
    }
}
