package dev.rocketgateway.problem;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Every way a request can fail: the complete, documented list.
 *
 * <p>The status follows one rule: 4xx means that the same request will fail again, 429 and 503 that it may succeed
 * later, 504 that nobody knows whether it did, 500 that the gateway has a bug. Each constant has a page under
 * {@code /problems/{code}} made from what stands here.
 */
public enum ProblemType {
    INVALID_REQUEST(
            400,
            "Invalid request",
            false,
            "Something in the request is missing, malformed or not allowed; errors[] names each field and its fault."),
    UNKNOWN_MODE(
            400,
            "Unknown mode",
            false,
            "The mode parameter is not one of sync, async, oneway and, for a single message, request."),
    EMPTY_BODY(400, "Empty body", false, "The request has no body. RocketMQ does not store empty messages."),
    MALFORMED_BODY(
            400, "Malformed body", false, "The request body could not be read in the form its Content-Type announces."),
    TOPIC_RESERVED(
            403,
            "Topic is reserved",
            false,
            "The topic belongs to RocketMQ itself: a system topic, or a group's retry or dead-letter topic."),
    BROKER_DENIED(
            403,
            "Broker denied access",
            false,
            "The broker refused the gateway's credentials, or they do not allow this operation on this topic."),
    NOT_FOUND(404, "Not found", false, "There is nothing at this path."),
    TOPIC_NOT_FOUND(
            404,
            "Topic not found",
            false,
            "No broker has the topic. Create it, or check its name: the gateway does not create topics unless"
                    + " gateway.publish.allow-topic-creation is set and the broker allows it too."),
    SUBSCRIPTION_NOT_FOUND(404, "Subscription not found", false, "There is no subscription of this name."),
    METHOD_NOT_ALLOWED(
            405,
            "Method not allowed",
            false,
            "The path exists, the method does not; the Allow header lists those that do."),
    NOT_ACCEPTABLE(406, "Not acceptable", false, "The answer has none of the media types the Accept header asks for."),
    REQUEST_TIMEOUT(
            408,
            "Request timed out",
            true,
            "The request body did not arrive within gateway.publish.body-timeout. Nothing was stored."),
    MESSAGE_TYPE_MISMATCH(
            409,
            "Message type mismatch",
            false,
            "The topic is declared for another type of message (message.type). A FIFO topic takes messages with a message"
                    + " group, a DELAY topic those that are delivered later, a NORMAL topic all others."),
    BROKER_TOO_OLD(
            409,
            "Broker too old",
            false,
            "The message needs a feature that the brokers of its topic do not have, and would ignore; the detail names their"
                    + " version and the feature. Nothing was stored."),
    BROKER_REFUSED(
            409,
            "Broker refused",
            false,
            "The broker does not do what was asked for: a topic or group is missing there, or its settings do not allow it."),
    REDRIVE_RUNNING(
            409,
            "Redrive is running",
            false,
            "The subscription has a redrive under way already. Wait for its end, or end it with DELETE."),
    SUBSCRIPTION_EXISTS(
            409,
            "Subscription exists",
            false,
            "There is a subscription with this name or this consumer group already; the detail names it."),
    SUBSCRIPTION_CONFIGURED(
            409,
            "Subscription is configured",
            false,
            "The subscription comes from the gateway's configuration, and is changed there. Pausing and resuming work here too."),
    STORE_DISABLED(
            409,
            "Store is disabled",
            false,
            "This gateway keeps nothing (gateway.store.url is none), so subscriptions cannot be made or changed through it."),
    CONFLICT(
            409,
            "Conflict",
            false,
            "The subscription is not in a state in which this can be done; the detail says what is in the way."),
    PRECONDITION_FAILED(
            412,
            "Precondition failed",
            false,
            "The subscription is not at the version that If-Match names: somebody changed it. Read it again, and decide anew."),
    DOCUMENT_TOO_LARGE(
            413, "Document too large", false, "The document is larger than gateway.store.max-document-size."),
    MESSAGE_TOO_LARGE(
            413,
            "Message too large",
            false,
            "The body is larger than gateway.publish.max-message-size, or than the broker accepts."),
    BATCH_TOO_LARGE(
            413,
            "Batch too large",
            false,
            "The batch has more messages than gateway.publish.max-batch-messages, or more bytes than"
                    + " gateway.publish.max-batch-size. Send it in pieces, or as application/x-ndjson, which has no such"
                    + " limits."),
    UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type", false, "The path does not take bodies of this Content-Type."),
    EARLIER_MESSAGE_FAILED(
            424,
            "Earlier message failed",
            true,
            "An earlier message of the same message group in this batch was not confirmed, so this one was not sent: it would"
                    + " have overtaken it."),
    TARGET_DENIED(
            422,
            "Target denied",
            false,
            "The target policy of the gateway does not let webhooks go to this URL; the detail names the rule. Exemptions are the"
                    + " operator's to make."),
    PROPERTIES_TOO_LARGE(
            431,
            "Properties too large",
            false,
            "Tag, keys, message group and properties together are larger than the 32000 bytes a message can carry."),
    RATE_LIMITED(
            429,
            "Rate limited",
            true,
            "The caller, or the topic, has had as many messages as it may in this time. Nothing was stored; try again after"
                    + " Retry-After. RateLimit and RateLimit-Policy tell what is left and what is allowed."),
    OVERLOADED(
            429,
            "Overloaded",
            true,
            "The gateway already has as many messages or bytes in flight to the broker as it may. Nothing was stored;"
                    + " try again after Retry-After."),
    BROKER_BUSY(
            429,
            "Broker is busy",
            true,
            "The broker refused the message by flow control. Nothing was stored; try again later."),
    BROKER_UNAVAILABLE(
            503,
            "Broker unavailable",
            true,
            "No name server or no broker could be reached. With \"outcome\":\"unknown\" the connection broke after the"
                    + " message was sent, and it may have been stored; otherwise nothing was stored."),
    STORE_UNAVAILABLE(
            503,
            "Store unavailable",
            true,
            "The database of the gateway does not answer. Subscriptions go on as they are, and cannot be changed; after a time-out"
                    + " the change may have been made all the same."),
    SHUTTING_DOWN(
            503, "Shutting down", true, "This replica is stopping. Nothing was stored; try again at once on another."),
    NOT_REPLICATED(
            503,
            "Not replicated",
            true,
            "The message is stored, but not as safely as gateway.publish.require-send-ok asks for: sendStatus was not"
                    + " SEND_OK. A retry stores it again."),
    REPLY_TIMEOUT(
            504,
            "No reply",
            true,
            "mode=request: the message is stored, and no consumer replied within the timeout. It may still be acted on, and a"
                    + " retry is a second request."),
    BROKER_TIMEOUT(
            504,
            "Broker timed out",
            true,
            "The broker did not answer in time. The message may have been stored: a retry can store it twice."),
    INTERNAL(500, "Internal error", false, "A bug in the gateway. Its log has the details under the requestId.");

    private final int status;
    private final String title;
    private final boolean retryable;
    private final String description;

    ProblemType(int status, String title, boolean retryable, String description) {
        this.status = status;
        this.title = title;
        this.retryable = retryable;
        this.description = description;
    }

    /** The stable identifier, in kebab case, last segment of the problem's {@code type}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The HTTP status every problem of this type is answered with. */
    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    /** Whether the same request may succeed later. */
    public boolean retryable() {
        return retryable;
    }

    /** When it happens and what the caller can do, for people. */
    public String description() {
        return description;
    }

    /** The relative URI of the page that explains it (RFC 9457, section 3.1.1). */
    public String uri() {
        return "/problems/" + code();
    }

    public static Optional<ProblemType> byCode(String code) {
        return Arrays.stream(values()).filter(type -> type.code().equals(code)).findFirst();
    }
}
