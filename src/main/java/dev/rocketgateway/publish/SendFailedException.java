package dev.rocketgateway.publish;

import org.jspecify.annotations.Nullable;

/** Says that the broker did not confirm a message, with the reason in the gateway's terms. */
public final class SendFailedException extends RuntimeException {

    /** Why a send failed. */
    public enum Reason {
        /** Brokers answer, but none has the topic. */
        TOPIC_NOT_FOUND,
        /** The topic is declared for another type of message. */
        TYPE_MISMATCH,
        /** No broker of the topic has the feature that the message needs. */
        BROKER_TOO_OLD,
        /** The broker rejects the credentials, or they do not allow this operation. */
        DENIED,
        /** The message breaks a rule of the broker. */
        ILLEGAL_MESSAGE,
        /** The broker is overloaded and refuses messages. */
        BROKER_BUSY,
        /** The limit of messages or bytes in flight to the broker is reached. */
        OVERLOADED,
        /** The gateway could not reach a name server, or could not reach a broker. */
        UNAVAILABLE,
        /** The broker did not answer in time. */
        TIMEOUT,
        /** The broker has stored the message, but no consumer replied in time. */
        NO_REPLY,
        /** A bug in the gateway or in the client. */
        INTERNAL
    }

    private final Reason reason;
    private final @Nullable Integer brokerCode;
    private final boolean maybeStored;
    private final @Nullable String detail;

    /**
     * @param brokerCode RocketMQ's code, if it gave one
     * @param maybeStored whether the message had left for the broker before the failure, so that it may be stored
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
     * @param what the beginning of the sentence that the caller reads: the broker and the feature that it does not have
     */
    public static SendFailedException brokerTooOld(String what) {
        return new SendFailedException(Reason.BROKER_TOO_OLD, null, false, what, null);
    }

    /** Details of the reason, or null. */
    public @Nullable String detail() {
        return detail;
    }

    public Reason reason() {
        return reason;
    }

    public @Nullable Integer brokerCode() {
        return brokerCode;
    }

    /** Whether the message may be stored despite the failure. */
    public boolean maybeStored() {
        return maybeStored;
    }
}
