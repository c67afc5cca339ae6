package dev.rocketgateway.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The configuration keys of the Quarkus extensions in use, from the descriptions in their jars. */
final class QuarkusKeys {

    private static final String DESCRIPTION = "META-INF/quarkus-config-doc/quarkus-config-model.json";

    private QuarkusKeys() {}

    /**
     * One key.
     *
     * @param defaultValue empty if there is none
     * @param atRuntime whether a packaged service reads it; the others are settled by the build
     */
    record Key(String name, String environmentVariable, String defaultValue, boolean atRuntime) {}

    /** All keys by name. Names with a part for the user to choose are not among them in the form a user writes. */
    static Map<String, Key> all() {
        try {
            var keys = new TreeMap<String, Key>();
            var mapper = new ObjectMapper();
            for (var file : Collections.list(QuarkusKeys.class.getClassLoader().getResources(DESCRIPTION))) {
                try (var description = file.openStream()) {
                    for (var item : mapper.readTree(description).findParents("path")) {
                        var key = key(item);
                        keys.put(key.name(), key);
                    }
                }
            }
            return keys;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Key key(JsonNode item) {
        return new Key(
                item.path("path").path("property").asText(),
                item.path("path").path("environmentVariable").asText(),
                item.path("defaultValue").asText(),
                item.path("phase").asText().equals("RUN_TIME"));
    }
}
