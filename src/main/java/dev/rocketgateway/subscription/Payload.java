package dev.rocketgateway.subscription;

import dev.rocketgateway.subscription.fault.Faults;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a webhook's body looks like.
 *
 * @param contentType instead of the message's own
 * @param forwardProperties whether user properties are sent as headers
 */
public record Payload(Format format, Optional<String> contentType, boolean forwardProperties) {

    private static final Pattern MEDIA_TYPE =
            Pattern.compile("T/T( *; *[\\x20-\\x7E]+)?".replace("T", "[A-Za-z0-9!#$%&'*+.^_`|~-]+"));

    /** The forms of a body. */
    public enum Format {
        /** The message as it is. */
        RAW,
        /** An object with the message and its attributes. */
        JSON,
        /** The message, its attributes as {@code ce-*} headers. */
        CLOUDEVENTS_BINARY,
        /** An event in JSON. */
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
