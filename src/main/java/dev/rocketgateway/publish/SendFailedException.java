package dev.rocketgateway.publish;

import org.jspecify.annotations.Nullable;

/** A message the broker did not confirm, with the reason in the gateway's terms. */
public final class SendFailedException extends RuntimeException {

    /** Why a send failed. */
    public enum Reason {
        /** No broker has the topic, although brokers are there. */
        TOPIC_NOT_FOUND,
        /** The topic is declared for another type of message. */
        TYPE_MISMATCH,
        /** No broker of the topic has the feature that the message needs. */
        BROKER_TOO_OLD,
        /** The broker does not accept the credentials, or they do not allow this. */
        DENIED,
        /** The message breaks a rule of the broker. */
        ILLEGAL_MESSAGE,
        /** The broker sheds load. */
        BROKER_BUSY,
        /** The bound on what is in flight to the broker is reached. */
        OVERLOADED,
        /** No name server or no broker could be reached. */
        UNAVAILABLE,
        /** No answer of the broker in time. */
        TIMEOUT,
        /** The broker has stored the message, and nobody replied in time. */
        NO_REPLY,
        /** A bug, here or in the client. */
        INTERNAL
    }

    private final Reason reason;
    private final @Nullable Integer brokerCode;
    private final boolean maybeStored;
    private final @Nullable String detail;

    /**
     * @param brokerCode RocketMQ's code, if it gave one
     * @param maybeStored whether the message had been sent when it failed
     */
    public SendFailedException(
            Reason reason, @Nullable Integer brokerCode, boolean maybeStored, @Nullable Throwable cause) {
        this(reason, brokerCode, maybeStored, null, cause);
    }

    private SendFailedException(
            Reason reason,
            @Nullable Integer brokerCode,
            boolean maybeStored,
            @Nullable String detail,
            @Nullable Throwable cause) {
        super("send failed reason=" + reason, cause);
        this.detail = detail;
        this.reason = reason;
        this.brokerCode = brokerCode;
        this.maybeStored = maybeStored;
    }

    public SendFailedException(Reason reason) {
        this(reason, null, false, null);
    }

    /**
     * @param what which broker lacks what, as the beginning of a sentence for the caller
     */
    public static SendFailedException brokerTooOld(String what) {
        return new SendFailedException(Reason.BROKER_TOO_OLD, null, false, what, null);
    }

    /** More about the reason, where there is more to say. */
    public @Nullable String detail() {
        return detail;
    }

    public Reason reason() {
        return reason;
    }

    public @Nullable Integer brokerCode() {
        return brokerCode;
    }

    /** Whether a copy may be in the topic all the same. */
    public boolean maybeStored() {
        return maybeStored;
    }
}
