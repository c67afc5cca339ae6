package dev.rocketgateway.message;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks the attributes of a CloudEvent in any format.
 *
 * <pre>
 * attribute                                         | its value
 * --------------------------------------------------|-------------------------------------------------------------
 * specversion                                       | 1.0 or 0.3
 * id, source, type                                  | required, not empty
 * subject, datacontenttype, dataschema or schemaurl | not empty
 * source, dataschema or schemaurl                   | a URI, which may be relative
 * time                                              | a time of RFC 3339
 * datacontenttype                                   | a media type
 * datacontentencoding (0.3)                         | base64
 * any                                               | a name of [a-z0-9]; no control characters, no noncharacters,
 *                                                   | no half of a surrogate pair
 * </pre>
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md">CloudEvents 1.0.2</a>
 */
public final class CloudEventRules {

    private static final String OLD_VERSION = "0.3";
    private static final Set<String> VERSIONS = Set.of("1.0", OLD_VERSION);

    /** The attributes of every event. */
    public static final List<String> REQUIRED = List.of("specversion", "id", "source", "type");

    private static final Set<String> KNOWN =
            Set.of("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema");
    private static final Set<String> KNOWN_OLD = Set.of(
            "specversion",
            "id",
            "source",
            "type",
            "subject",
            "time",
            "datacontenttype",
            "schemaurl",
            "datacontentencoding");

    private static final Pattern NAME = Pattern.compile("[a-z0-9]+");
    private static final Pattern MEDIA_TYPE =
            Pattern.compile("T/T[ \t]*(?:;[ -~\t]*)?".replace("T", "[!#$%&'*+.^_`|~0-9A-Za-z-]+"));

    private CloudEventRules() {}

    /** Whether the gateway supports this version of the specification. */
    public static boolean isVersion(String version) {
        return VERSIONS.contains(version);
    }

    public static boolean isAttributeName(String name) {
        return NAME.matcher(name).matches();
    }

    /** Whether the version of the specification is 0.3, whose attributes differ. */
    public static boolean isOld(@Nullable String version) {
        return OLD_VERSION.equals(version);
    }

    /** Whether the attribute is an extension: the given version of the specification does not define it. */
    public static boolean isExtension(@Nullable String version, String name) {
        return !(isOld(version) ? KNOWN_OLD : KNOWN).contains(name);
    }

    /**
     * Whether data of this type is JSON. Data without a type is JSON.
     *
     * @param contentType content type of the data; null if the event has none
     */
    public static boolean isJson(@Nullable String contentType) {
        if (contentType == null) {
            return true;
        }
        var type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.endsWith("/json") || type.endsWith("+json");
    }

    /**
     * All faults of the attributes of one event.
     *
     * @param attributes the attributes of the event, with their values as strings
     * @return the faults, by the name of the attribute; empty if all attributes are valid
     */
    public static Map<String, String> faults(Map<String, String> attributes) {
        var faults = new LinkedHashMap<String, String>();
        for (var required : REQUIRED) {
            if (!attributes.containsKey(required)) {
                faults.put(required, "is missing; every CloudEvent needs it");
            }
        }
        var version = attributes.get("specversion");
        attributes.forEach((name, value) -> {
            var fault = faultOf(version, name, value);
            if (fault != null) {
                faults.put(name, fault);
            }
        });
        return faults;
    }

    private static @Nullable String faultOf(@Nullable String version, String name, String value) {
        if (!isAttributeName(name)) {
            return "is not a valid attribute name; use lowercase letters and digits only";
        }
        if (name.equals("data")) {
            return "cannot be an attribute; it is the name of the event's data";
        }
        if (value.isEmpty() && !isExtension(version, name)) {
            return "must not be empty; leave it out if the event has none";
        }
        var unicode = faultOfText(value);
        if (unicode != null) {
            return unicode;
        }
        return switch (name) {
            case "specversion" ->
                isVersion(value) ? null : "is '%s'; write 1.0, or 0.3 for events of that version".formatted(value);
            case "source" -> faultOfUri(value);
            case "dataschema", "schemaurl" -> isExtension(version, name) ? null : faultOfUri(value);
            case "time" -> Rfc3339.faultOf(value);
            case "datacontenttype" ->
                MEDIA_TYPE.matcher(value).matches()
                        ? null
                        : "is '%s', which is not a media type such as application/json".formatted(value);
            case "datacontentencoding" ->
                !isOld(version) || value.equalsIgnoreCase("base64")
                        ? null
                        : "must be base64; other encodings are not supported";
            default -> null;
        };
    }

    /**
     * Why a string cannot be an attribute value in every format of events, or null.
     *
     * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#type-system">Type system</a>
     */
    static @Nullable String faultOfText(String value) {
        for (int i = 0; i < value.length(); ) {
            int character = value.codePointAt(i);
            if (Character.isISOControl(character)) {
                return "must not contain the control character U+%04X; leave it out".formatted(character);
            }
            if (isSurrogate(character)) {
                return "contains half of a surrogate pair, U+%04X; send both halves".formatted(character);
            }
            if (isNoncharacter(character)) {
                return "must not contain U+%04X, which Unicode reserves; leave it out".formatted(character);
            }
            i += Character.charCount(character);
        }
        return null;
    }

    private static boolean isSurrogate(int character) {
        return character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
    }

    private static boolean isNoncharacter(int character) {
        return (character & 0xFFFE) == 0xFFFE || (character >= 0xFDD0 && character <= 0xFDEF);
    }

    private static @Nullable String faultOfUri(String value) {
        try {
            new URI(value);
            return null;
        } catch (URISyntaxException e) {
            return "is '%s', which is not a URI; percent-encode characters that a URI cannot contain".formatted(value);
        }
    }
}
