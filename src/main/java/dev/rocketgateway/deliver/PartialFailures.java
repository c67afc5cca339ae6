package dev.rocketgateway.deliver;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import dev.rocketgateway.webhook.WebhookOutcome;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * What an endpoint says of the single messages of a batch it took:
 * {@code {"batchItemFailures":[{"itemIdentifier":"<message id>"}]}}, in a 2xx answer. The form, and what is made of one that cannot
 * be read, are those of AWS Lambda's partial batch responses, which libraries for many languages write already.
 */
sealed interface PartialFailures {

    JsonFactory JSON = new JsonFactory();

    /**
     * These failed and no others.
     *
     * @param ids may be empty
     */
    record Named(Set<String> ids) implements PartialFailures {}

    /** Some failed, and nobody can tell which. */
    record Unreadable() implements PartialFailures {}

    /** What the answer says. One in another form says nothing of failures. */
    static PartialFailures in(WebhookOutcome outcome) {
        if (!(outcome instanceof WebhookOutcome.Answered answer) || answer.body().length == 0) {
            return new Named(Set.of());
        }
        var ids = new HashSet<String>();
        boolean told = false;
        try (var json = JSON.createParser(answer.body())) {
            boolean inFailures = false;
            for (var token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.FIELD_NAME
                        && json.getParsingContext().getParent().inRoot()) {
                    inFailures = json.currentName().equals("batchItemFailures");
                    told |= inFailures;
                } else if (inFailures && token.isScalarValue() && "itemIdentifier".equals(json.currentName())) {
                    ids.add(json.getText());
                }
            }
            return new Named(ids);
        } catch (IOException cutOffOrNoJson) {
            return told ? new Unreadable() : new Named(Set.of());
        }
    }
}
