package dev.rocketgateway.deliver.event;

import dev.rocketgateway.message.ReceivedMessage;

/**
 * A message that is given up.
 *
 * @param reason {@code exhausted}, {@code refused} or {@code unrepresentable}
 * @param detail what the endpoint did last, for people
 */
public record DeadLettering(String subscription, ReceivedMessage message, String reason, String detail) {

    /** The last attempt failed. */
    public static final String EXHAUSTED = "exhausted";

    /** The endpoint says that the same bytes will fail again. */
    public static final String REFUSED = "refused";

    /** The message cannot have the form the subscription asks for. */
    public static final String UNREPRESENTABLE = "unrepresentable";
}
