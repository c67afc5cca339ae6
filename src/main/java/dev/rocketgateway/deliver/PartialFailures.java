package dev.rocketgateway.deliver;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import dev.rocketgateway.webhook.WebhookOutcome;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * What an endpoint says of the single messages of a batch it took:
 * {@code {"batchItemFailures":[{"itemIdentifier":"<message id>"}]}}, in a 2xx answer. The form is that of AWS Lambda's
 * partial batch responses, which libraries for many languages write already.
 */
final class PartialFailures {

    private static final JsonFactory JSON = new JsonFactory();

    private PartialFailures() {}

    /** Ids of the messages that failed; empty if the answer has another form or none. */
    static Set<String> in(WebhookOutcome outcome) {
        if (!(outcome instanceof WebhookOutcome.Answered answer) || answer.body().length == 0) {
            return Set.of();
        }
        var failed = new HashSet<String>();
        try (var json = JSON.createParser(answer.body())) {
            boolean inFailures = false;
            for (var token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.FIELD_NAME
                        && json.getParsingContext().getParent().inRoot()) {
                    inFailures = json.currentName().equals("batchItemFailures");
                } else if (inFailures
                        && token == JsonToken.VALUE_STRING
                        && "itemIdentifier".equals(json.currentName())) {
                    failed.add(json.getText());
                }
            }
            return failed;
        } catch (IOException noJson) {
            return Set.of();
        }
    }
}
