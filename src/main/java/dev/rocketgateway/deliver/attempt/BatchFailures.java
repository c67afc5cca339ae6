package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.message.ReceivedMessage;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the messages of an acknowledged webhook that must still be retried, because the endpoint reported their failure or because
 * its response is unreadable.
 *
 * <pre>
 * the response                      | what is retried
 * ----------------------------------|-------------------
 * is to a webhook without a batch   | no message
 * names no failures                 | no message
 * names messages of the batch       | the named messages
 * names a message outside the batch | all messages
 * cannot be read                    | all messages
 * </pre>
 *
 * @param why the reason for the retries, in words
 */
record BatchFailures(Set<ReceivedMessage> messages, String why) {

    private static final BatchFailures NONE = new BatchFailures(Set.of(), "");

    static BatchFailures of(EndedWebhook webhook) {
        // A batch of one message is also a list, and so is its response.
        return webhook.settings().subscription().batch().maxMessages() > 1 ? ofBatch(webhook) : NONE;
    }

    private static BatchFailures ofBatch(EndedWebhook webhook) {
        var said = PartialFailures.in(webhook.outcome());
        if (said instanceof PartialFailures.Unreadable unreadable) {
            return all(webhook, unreadable.why());
        }
        var payload = webhook.settings().payload();
        var failed = new HashSet<ReceivedMessage>();
        for (var id : ((PartialFailures.Named) said).ids()) {
            var meant = webhook.messages().stream()
                    .filter(message -> id.equals(message.id()) || id.equals(payload.itemId(message)))
                    .toList();
            if (meant.isEmpty()) {
                return all(webhook, "names an id in batchItemFailures that is not in the batch");
            }
            failed.addAll(meant);
        }
        return new BatchFailures(
                failed,
                "The endpoint answered %s and named this message in batchItemFailures.".formatted(webhook.status()));
    }

    private static BatchFailures all(EndedWebhook webhook, String why) {
        return new BatchFailures(
                Set.copyOf(webhook.messages()),
                "The endpoint answered %s, but its body %s, so all messages of the batch are retried."
                        .formatted(webhook.status(), why));
    }

    /** Why the message must be retried; empty if the endpoint accepted it. */
    Optional<String> why(ReceivedMessage message) {
        return messages.contains(message) ? Optional.of(why) : Optional.empty();
    }
}
