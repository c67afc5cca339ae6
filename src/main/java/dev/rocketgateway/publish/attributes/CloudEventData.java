package dev.rocketgateway.publish.attributes;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.rocketgateway.message.CloudEventRules;
import dev.rocketgateway.problem.json.JsonBody;
import java.io.IOException;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks the data of an event in the JSON event format. Notes the data while the members of the event are read, and checks it when
 * all attributes are known.
 *
 * <pre>
 * the event                           | its data
 * ------------------------------------|-------------------------------------
 * 1.0, datacontenttype absent or JSON | data: any value
 * 1.0, another datacontenttype        | data: a string
 * 1.0, any datacontenttype            | data_base64: Base64, instead of data
 * 0.3 with datacontentencoding base64 | data: Base64
 * 0.3 otherwise                       | data, as in 1.0
 * </pre>
 * Null means absent. Not thread-safe.
 */
final class CloudEventData {

    static final String DATA = "data";
    static final String BASE64_DATA = "data_base64";

    /** Base64 as in RFC 4648, section 4, with padding, because some receivers refuse other forms. */
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]*+={0,2}");

    private static final String NOT_BASE64 = "is not Base64 (RFC 4648, section 4); use + and /, and pad with =";

    private boolean given;
    private boolean base64Given;
    private @Nullable String text;
    private @Nullable String base64;

    /** Whether the member is data and not an attribute. */
    static boolean isData(String name) {
        return name.equals(DATA) || name.equals(BASE64_DATA);
    }

    /**
     * Notes a member with data.
     *
     * @param parser at the first token of the value; after the call, at its last one
     */
    void note(String name, JsonParser parser) throws IOException {
        var value = parser.currentToken();
        var string = value == JsonToken.VALUE_STRING ? parser.getText() : null;
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        if (name.equals(DATA)) {
            given = true;
            text = string;
        } else {
            base64Given = true;
            base64 = string;
        }
        parser.skipChildren();
    }

    /**
     * Checks the noted data against the attributes of the event.
     *
     * @param attributes the attributes of the event that are valid so far
     */
    void check(Map<String, String> attributes, FieldErrors errors) {
        boolean old = CloudEventRules.isOld(attributes.get("specversion"));
        if (base64Given && old) {
            errors.add(BASE64_DATA, "does not exist in version 0.3; use data with datacontentencoding base64");
        } else if (base64Given && given) {
            errors.add(BASE64_DATA, "cannot be combined with data; send one of the two");
        } else if (base64Given) {
            errors.check(BASE64_DATA, faultOfBase64(base64));
        }
        if (given && old && "base64".equalsIgnoreCase(attributes.get("datacontentencoding"))) {
            errors.check(DATA, faultOfBase64(text));
        } else if (given) {
            var type = attributes.get("datacontenttype");
            errors.check(DATA, CloudEventRules.isJson(type) ? null : faultOfText(type));
        }
    }

    private static @Nullable String faultOfBase64(@Nullable String value) {
        return value == null
                ? "must be a string in Base64"
                : value.length() % 4 == 0 && BASE64.matcher(value).matches() ? null : NOT_BASE64;
    }

    private @Nullable String faultOfText(@Nullable String type) {
        if (text == null) {
            return "must be a string, because datacontenttype is '%s'; leave datacontenttype out if the data is JSON"
                    .formatted(type);
        }
        return JsonBody.isUnicode(text)
                ? null
                : "contains half of a surrogate pair; send both halves, or the bytes as data_base64";
    }
}
