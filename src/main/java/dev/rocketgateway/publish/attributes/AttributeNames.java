package dev.rocketgateway.publish.attributes;

import dev.rocketgateway.problem.answer.Nearest;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The names of the query parameters and headers that {@link RequestAttributes} reads. Refuses all other names, so that a misspelled
 * attribute is an error and not a message without the attribute.
 */
public final class AttributeNames {

    static final String PROPERTY_PARAMETER = "property.";
    private static final String HEADER_PREFIX = "rocketmq-";
    public static final String TAG_HEADER = "RocketMQ-Tag";
    public static final String KEYS_HEADER = "RocketMQ-Keys";
    static final String MESSAGE_GROUP_HEADER = "RocketMQ-Message-Group";
    static final String DELAY_HEADER = "RocketMQ-Delay";
    static final String DELIVER_AT_HEADER = "RocketMQ-Deliver-At";
    static final String DELAY_LEVEL_HEADER = "RocketMQ-Delay-Level";
    public static final String PROPERTY_HEADER = "RocketMQ-Property";
    static final String TIMEOUT_HEADER = "RocketMQ-Timeout";
    static final String IDEMPOTENCY_KEY_HEADER = "Idempotency-Key";

    private static final String ATTRIBUTE_OF_A_MESSAGE =
            "is not a parameter of a batch; set it on each message of the batch";

    private static final Set<String> PARAMETERS =
            Set.of("mode", "tag", "key", "messageGroup", "delay", "deliverAt", "delayLevel", "timeout");
    private static final Set<String> SHOWN_PARAMETERS = Stream.concat(
                    PARAMETERS.stream(), Stream.of(PROPERTY_PARAMETER + "<name>"))
            .collect(Collectors.toUnmodifiableSet());
    private static final Set<String> BATCH_PARAMETERS = Set.of("mode", "timeout");
    private static final List<String> HEADERS = List.of(
            TAG_HEADER,
            KEYS_HEADER,
            MESSAGE_GROUP_HEADER,
            DELAY_HEADER,
            DELIVER_AT_HEADER,
            DELAY_LEVEL_HEADER,
            PROPERTY_HEADER,
            TIMEOUT_HEADER);

    private AttributeNames() {}

    /**
     * Refuses query parameters and {@code RocketMQ-*} headers that are not attributes of a message.
     *
     * @return whether the request has a {@code RocketMQ-*} header; most requests have none
     */
    static boolean refuseUnknown(Map<String, List<String>> query, MultiMap headers, FieldErrors errors) {
        for (String name : query.keySet()) {
            if (!isParameter(name)) {
                errors.add(name, faultOfUnknown(name));
            }
        }
        boolean any = false;
        for (var header : headers) {
            var name = header.getKey();
            if (isOurs(name)) {
                any = true;
                if (HEADERS.stream().noneMatch(name::equalsIgnoreCase)) {
                    errors.add(name, faultOfUnknownHeader(name));
                }
            }
        }
        return any;
    }

    /**
     * Refuses attributes of messages in the query and the headers of a batch, because each message of a batch has its own.
     *
     * @return whether the request has a {@code RocketMQ-*} header; most requests have none
     */
    static boolean refuseAllButTimeout(Map<String, List<String>> query, MultiMap headers, FieldErrors errors) {
        for (String name : query.keySet()) {
            if (isParameter(name)) {
                errors.check(name, BATCH_PARAMETERS.contains(name) ? null : ATTRIBUTE_OF_A_MESSAGE);
            } else {
                errors.add(name, Nearest.faultWithNames("is not a parameter of a batch", name, BATCH_PARAMETERS));
            }
        }
        boolean any = false;
        for (String name : headers.names()) {
            any |= isOurs(name);
            boolean attribute = isOurs(name) || name.equalsIgnoreCase(IDEMPOTENCY_KEY_HEADER);
            if (attribute && !name.equalsIgnoreCase(TIMEOUT_HEADER)) {
                errors.add(name, ATTRIBUTE_OF_A_MESSAGE);
            }
        }
        return any;
    }

    private static boolean isParameter(String name) {
        return PARAMETERS.contains(name) || name.startsWith(PROPERTY_PARAMETER);
    }

    private static boolean isOurs(String header) {
        return header.regionMatches(true, 0, HEADER_PREFIX, 0, HEADER_PREFIX.length());
    }

    /** The fault for an unknown header. Names are compared without the prefix that all these headers share. */
    private static String faultOfUnknownHeader(String name) {
        var words = "is not a header of this operation";
        var meant = Nearest.of(
                name.substring(HEADER_PREFIX.length()),
                HEADERS.stream()
                        .map(header -> header.substring(HEADER_PREFIX.length()))
                        .toList());
        return meant.isPresent()
                ? "%s; did you mean `RocketMQ-%s`?".formatted(words, meant.get())
                : "%s; use one of %s".formatted(words, String.join(", ", HEADERS));
    }

    private static String faultOfUnknown(String name) {
        var words = "is not a parameter of this operation";
        int dot = name.indexOf('.') + 1;
        boolean property = dot > 1
                && dot < name.length()
                && Nearest.of(name.substring(0, dot), Set.of(PROPERTY_PARAMETER))
                        .isPresent();
        return property
                ? "%s; did you mean `%s%s`?".formatted(words, PROPERTY_PARAMETER, name.substring(dot))
                : Nearest.faultWithNames(words, name, SHOWN_PARAMETERS);
    }
}
