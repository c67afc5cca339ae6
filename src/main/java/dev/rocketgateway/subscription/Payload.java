package dev.rocketgateway.subscription;

import dev.rocketgateway.subscription.fault.Faults;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The format of a webhook's body.
 *
 * @param contentType replaces the content type of the message
 * @param forwardProperties whether user properties are sent as headers
 */
public record Payload(Format format, Optional<String> contentType, boolean forwardProperties) {

    private static final Pattern MEDIA_TYPE =
            Pattern.compile("T/T( *; *[\\x20-\\x7E]+)?".replace("T", "[A-Za-z0-9!#$%&'*+.^_`|~-]+"));

    /** The payload formats. */
    public enum Format {
        /** The body of the message, unchanged. */
        RAW,
        /** A JSON object with the message and its attributes. */
        JSON,
        /** The data as the body, and the attributes as {@code ce-*} headers. */
        CLOUDEVENTS_BINARY,
        /** A CloudEvent in JSON. */
        CLOUDEVENTS_STRUCTURED;

        /** Whether one body can hold several messages. */
        public boolean holdsSeveral() {
            return this == JSON || this == CLOUDEVENTS_STRUCTURED;
        }
    }

    public Payload {
        new Faults()
                .require(
                        contentType.isEmpty()
                                || contentType.get().length() <= 255
                                        && MEDIA_TYPE.matcher(contentType.get()).matches(),
                        "payload.contentType",
                        "is not a media type such as application/json")
                .throwIfAny();
    }
}
