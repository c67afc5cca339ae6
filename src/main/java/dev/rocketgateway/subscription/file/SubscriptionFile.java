package dev.rocketgateway.subscription.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.document.ConfiguredSubscriptions;
import dev.rocketgateway.subscription.document.DocumentSource;
import dev.rocketgateway.subscription.document.SubscriptionDocument;
import dev.rocketgateway.subscription.fault.Faults;
import dev.rocketgateway.subscription.fault.FieldFault;
import dev.rocketgateway.subscription.fault.InvalidSubscriptionException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Reads a subscription from the text of a file: the document of the API as YAML, or as JSON, which is YAML too. The name of the file
 * without its ending is the name of the subscription.
 */
final class SubscriptionFile {

    private static final List<String> ENDINGS = List.of(".yaml", ".yml", ".json");

    private static final ObjectReader YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();

    private SubscriptionFile() {}

    /** A file that has no valid subscription; the message names every fault. */
    static final class FaultyFileException extends Exception {
        FaultyFileException(String message) {
            super(message);
        }

        static FaultyFileException of(List<FieldFault> faults) {
            return new FaultyFileException(faults.stream()
                    .map(fault -> fault.field() + ": " + fault.fault())
                    .collect(Collectors.joining("; ")));
        }
    }

    /** Whether a file of this name has a subscription. Kubernetes keeps links with names that begin with two dots. */
    static boolean isNamed(String file) {
        return !file.startsWith(".") && ENDINGS.stream().anyMatch(file::endsWith);
    }

    /** The name of the subscription in the file. */
    static String subscription(String file) {
        return file.substring(0, file.lastIndexOf('.'));
    }

    static Subscription read(String file, String text) throws FaultyFileException {
        var name = subscription(file);
        var document = document(text);
        var given = document.path(SubscriptionDocument.NAME);
        if (!given.isMissingNode() && !given.asText().equals(name)) {
            throw new FaultyFileException(
                    "name must be '%s', the file's name without its ending, or be left out; to rename the subscription, rename the file"
                            .formatted(name));
        }
        try {
            return SubscriptionDocument.read(
                    name,
                    document,
                    DocumentSource.CONFIGURATION,
                    ConfiguredSubscriptions.FIRST_GENERATION,
                    new Faults());
        } catch (InvalidSubscriptionException e) {
            throw FaultyFileException.of(e.faults());
        }
    }

    private static ObjectNode document(String text) throws FaultyFileException {
        JsonNode read;
        try {
            read = YAML.readTree(text);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw new FaultyFileException(
                    "the file must be valid YAML and have exactly one document%s; strings that begin with * need quotes"
                            .formatted(
                                    at == null
                                            ? ""
                                            : " (line %d, column %d)".formatted(at.getLineNr(), at.getColumnNr())));
        }
        if (read instanceof ObjectNode object) {
            return object;
        }
        throw new FaultyFileException("the file must have the fields of a subscription, such as source and endpoint");
    }
}
