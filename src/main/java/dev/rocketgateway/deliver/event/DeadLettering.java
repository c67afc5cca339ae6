package dev.rocketgateway.deliver.event;

import dev.rocketgateway.message.ReceivedMessage;
import java.util.List;

/**
 * A message that becomes a dead letter.
 *
 * @param reason {@code exhausted}, {@code refused} or {@code unrepresentable}
 * @param detail the last outcome, in words
 */
public record DeadLettering(String subscription, ReceivedMessage message, String reason, String detail) {

    /** The last attempt failed. */
    public static final String EXHAUSTED = "exhausted";

    /** The endpoint says that the same bytes will fail again. */
    public static final String REFUSED = "refused";

    /** The message cannot be represented in the payload format of the subscription. */
    public static final String UNREPRESENTABLE = "unrepresentable";

    public static final List<String> REASONS = List.of(EXHAUSTED, REFUSED, UNREPRESENTABLE);
}
