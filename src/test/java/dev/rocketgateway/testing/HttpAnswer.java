package dev.rocketgateway.testing;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** An answer as {@code curl -i} prints it and as pages show it; header names in lower case. */
public record HttpAnswer(int status, Map<String, String> headers, String body) {

    /** Answers before the last, such as {@code 100 Continue}, are left out. */
    public static HttpAnswer of(String printed) {
        var text = printed.replace("\r\n", "\n");
        int end = text.indexOf("\n\n");
        var head = end < 0 ? text : text.substring(0, end);
        var body = end < 0 ? "" : text.substring(end + 2);
        var lines = head.strip().split("\n");
        int status = Integer.parseInt(lines[0].split(" ")[1]);
        if (status < 200) {
            return of(body);
        }
        var headers = new TreeMap<String, String>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.put(
                        lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                        lines[i].substring(colon + 1).strip());
            }
        }
        return new HttpAnswer(status, headers, body.strip());
    }
}
