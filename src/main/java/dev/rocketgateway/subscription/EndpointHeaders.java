package dev.rocketgateway.subscription;

import dev.rocketgateway.message.HeaderSyntax;
import dev.rocketgateway.subscription.fault.Faults;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks the headers that a subscription adds to webhooks. Refuses headers that HTTP, the gateway or the signature sets. */
public final class EndpointHeaders {

    static final int MAX_ENTRIES = 32;
    static final int MAX_BYTES = 8 * 1024;

    private static final String FIELD = "endpoint.headers";
    private static final int MAX_NAME_LENGTH = 256;

    /** Headers that describe the request body, and the header for the codings that the gateway can read in a response. */
    private static final Set<String> OF_THE_BODY = Set.of("accept-encoding", "content-encoding", "content-type");

    private static final Set<String> RESERVED_PREFIXES = Set.of("webhook-", "ce-", "rocketmq-");

    private EndpointHeaders() {}

    static void check(Map<String, String> headers, EndpointAuth auth, Faults faults) {
        faults.require(headers.size() <= MAX_ENTRIES, FIELD, "has more than %d entries".formatted(MAX_ENTRIES));
        int bytes = 0;
        var names = new HashSet<String>();
        for (var header : headers.entrySet()) {
            var name = header.getKey();
            faults.check(FIELD + "." + name, faultOfName(name))
                    .check(FIELD + "." + name, faultOfValue(header.getValue()))
                    .require(
                            names.add(lower(name)),
                            FIELD + "." + name,
                            "is set twice, with names that differ only in case; set it once")
                    .require(
                            !auth.header().equals(Optional.of(lower(name))),
                            FIELD + "." + name,
                            "is already set by endpoint.auth");
            bytes += name.length() + header.getValue().length() + 4;
        }
        faults.require(bytes <= MAX_BYTES, FIELD, "has more than %d bytes".formatted(MAX_BYTES));
    }

    /** What is wrong with a header's name, or null. */
    public static @Nullable String faultOfName(String name) {
        if (!HeaderSyntax.isName(name) || name.length() > MAX_NAME_LENGTH) {
            return "is not a valid header name";
        }
        return HeaderSyntax.isOfTheConnection(name)
                        || OF_THE_BODY.contains(lower(name))
                        || RESERVED_PREFIXES.stream().anyMatch(lower(name)::startsWith)
                ? "is a header that the gateway sets itself"
                : null;
    }

    private static @Nullable String faultOfValue(String value) {
        return HeaderSyntax.isValue(value) ? null : "must be printable ASCII without line breaks";
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
