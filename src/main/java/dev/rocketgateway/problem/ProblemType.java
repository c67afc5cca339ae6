package dev.rocketgateway.problem;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Lists every way in which a request can fail.
 *
 * <p>The status follows one rule. 408, 424, 429 and 503 mean that the same request may succeed later; other 4xx mean that it will
 * fail again. 504 means that the outcome may be unknown, and 500 that the gateway has a bug. Each constant has a page under {@code
 * /problems/{code}}.
 */
public enum ProblemType {
    INVALID_REQUEST(
            400,
            "Invalid request",
            false,
            "Something in the request is missing, malformed or not allowed; errors[], if there is one, names each field and its fault."),
    UNKNOWN_MODE(
            400,
            "Unknown mode",
            false,
            "The mode parameter must be sync, async or oneway; for a single message, it can also be request."),
    EMPTY_BODY(
            400,
            "Empty body",
            false,
            "The request, or a message of the batch, has no body. RocketMQ does not store empty messages."),
    MALFORMED_BODY(
            400,
            "Malformed body",
            false,
            "The request body is not valid for its Content-Type, or did not arrive whole; see detail."),
    CREDENTIALS_MISSING(401, "Credentials are missing", false, "Send an API key, a token or a client certificate."),
    CREDENTIALS_INVALID(
            401,
            "Credentials are not accepted",
            false,
            "The credentials are unknown, expired or malformed; see detail."),
    FORBIDDEN(403, "Forbidden", false, "No rule allows the caller this request; the detail says what is missing."),
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
    RECALL_DISABLED(403, "Recall is disabled", false, "The broker of the message does not allow recalls."),
    NOT_FOUND(404, "Not found", false, "Nothing exists at this path, or this replica does not know it; see detail."),
    TOPIC_NOT_FOUND(
            404,
            "Topic not found",
            false,
            "No broker has the topic. Create the topic, or check its name. The gateway creates topics only if"
                    + " gateway.publish.allow-topic-creation is true and the broker allows it."),
    MESSAGE_NOT_FOUND(404, "Message not found", false, "The topic has no message with this id, or no longer has it."),
    SUBSCRIPTION_NOT_FOUND(404, "Subscription not found", false, "No subscription has this name."),
    METHOD_NOT_ALLOWED(
            405,
            "Method not allowed",
            false,
            "The path does not support this method; the Allow header lists the methods it supports."),
    NOT_ACCEPTABLE(406, "Not acceptable", false, "The Accept header allows none of the media types of the response."),
    REQUEST_TIMEOUT(
            408,
            "Request timed out",
            true,
            "The request body, or the next bytes of a stream of lines, did not arrive within gateway.publish.body-timeout. Nothing was "
                    + "stored, except earlier lines of a stream; their number is in accepted."),
    MESSAGE_TYPE_MISMATCH(
            409,
            "Message type mismatch",
            false,
            "The topic accepts only the type of message that its attribute message.type names. A FIFO topic takes messages with "
                    + "a message group, a DELAY topic takes scheduled messages, a NORMAL topic takes all others."),
    BROKER_TOO_OLD(
            409,
            "Broker too old",
            false,
            "The request needs a feature that the brokers of the topic do not have. The detail names the feature and "
                    + "the version of the brokers. Nothing was stored."),
    MESSAGE_DUE(409, "Message is due", false, "The message is due already, so it can no longer be recalled."),
    BROKER_REFUSED(
            409,
            "Broker refused",
            false,
            "The broker refused the request: it does not have the topic or the group, or is too old, or its settings do not allow the "
                    + "request. Or another kind of consumer uses the group. See detail."),
    REDRIVE_RUNNING(
            409,
            "Redrive is running",
            false,
            "The subscription already has a running redrive. Wait until the redrive ends, or stop it with DELETE."),
    INVALID_RECEIPT(
            400,
            "Invalid receipt",
            false,
            "This is not a receipt of this subscription: it is damaged, belongs to another subscription, or was signed with another key."),
    LEASE_ENDED(
            410,
            "Lease ended",
            false,
            "The lease of the message has ended, or an earlier request used this receipt. That request may still be in progress. "
                    + "A message that was not acknowledged comes again."),
    NOT_A_PULL_SUBSCRIPTION(
            409,
            "Not a pull subscription",
            false,
            "The subscription sends webhooks to an endpoint, so workers cannot receive its messages. Create a subscription"
                    + " with pull instead of endpoint."),
    NOT_A_WEBHOOK_SUBSCRIPTION(
            409,
            "Not a webhook subscription",
            false,
            "Workers receive the messages of the subscription over HTTP. It has no endpoint, so it sends and signs no webhooks."),
    SUBSCRIPTION_EXISTS(
            409,
            "Subscription exists",
            false,
            "Another subscription already has this name or this consumer group; the detail says which of the two."),
    SUBSCRIPTION_CONFIGURED(
            409,
            "Subscription is from the configuration",
            false,
            "The subscription comes from the gateway's configuration. Change its fields there. Over HTTP, only its "
                    + "actions work, such as :pause and :seek, but not :rotateSecret."),
    STORE_DISABLED(
            409,
            "Store is disabled",
            false,
            "This gateway has no store (gateway.store.url is none), so subscriptions cannot be created or "
                    + "changed over HTTP."),
    CONFLICT(
            409,
            "Conflict",
            false,
            "The request conflicts with the state of the subscription, with the use of its consumer group, or with another change. Or "
                    + "settings of the gateway or of a broker do not allow it. The detail names the conflict."),
    PRECONDITION_FAILED(
            412,
            "Precondition failed",
            false,
            "The subscription does not fulfil If-Match or If-None-Match; the detail says why. If somebody has changed the"
                    + " subscription, read it again and send the request for the new version."),
    DOCUMENT_TOO_LARGE(
            413,
            "Document too large",
            false,
            "The body is larger than the limit in the detail. For subscriptions, it is gateway.store.max-document-size."),
    MESSAGE_TOO_LARGE(
            413,
            "Message too large",
            false,
            "The body is larger than gateway.publish.max-message-size, or the body or the properties are larger than the broker accepts."),
    BATCH_TOO_LARGE(
            413,
            "Batch too large",
            false,
            "The batch has more messages than gateway.publish.max-batch-messages or than the rate allows at once, or more bytes "
                    + "than gateway.publish.max-batch-size. Send smaller batches, or send application/x-ndjson, which has no "
                    + "such limits."),
    UNSUPPORTED_MEDIA_TYPE(
            415,
            "Unsupported media type",
            false,
            "This path does not accept bodies of this Content-Type or Content-Encoding; see detail."),
    EARLIER_MESSAGE_FAILED(
            424,
            "Earlier message failed",
            true,
            "The broker did not confirm an earlier message of the same message group in this batch. To keep the "
                    + "order, the gateway did not send this message."),
    TARGET_DENIED(
            422,
            "Target denied",
            false,
            "The gateway's target policy does not allow webhooks to this URL; the detail names the rule. Only "
                    + "the gateway's operator can make exemptions."),
    PROPERTIES_TOO_LARGE(
            431,
            "Properties too large",
            false,
            "Tag, keys, message group and properties, or the attributes of a CloudEvent, are together larger than the 32000 bytes that"
                    + " a message can carry."),
    RATE_LIMITED(
            429,
            "Rate limited",
            true,
            "The caller or the topic has used up its rate, or too many wrong credentials came from the caller's address. "
                    + "Nothing was stored, except earlier lines of a stream. Try again after Retry-After, or later if the response has "
                    + "none. The header RateLimit has what is left of the rate, and "
                    + "RateLimit-Policy has the rate."),
    OVERLOADED(
            429,
            "Overloaded",
            true,
            "The gateway has reached a limit, for example the maximum number of messages in flight to the broker. See detail. "
                    + "Nothing was stored, except earlier lines of a stream. Try again after Retry-After, or later if the response has "
                    + "none."),
    TOO_MANY_WAITERS(
            429,
            "Too many waiters",
            true,
            "Too many callers wait for messages, on this replica or at a broker. Send the request without wait, or try again"
                    + " later."),
    BROKER_BUSY(
            429,
            "Broker is busy",
            true,
            "The broker's flow control refused the request. Nothing was stored; try again later."),
    BROKER_UNAVAILABLE(
            503,
            "Broker unavailable",
            true,
            "The gateway could not reach a name server or a broker, or a broker could not serve the request. Or the subscription "
                    + "has not started yet, or its consumer group has other members. See detail. With \"outcome\":\"unknown\", the "
                    + "connection broke after the request was sent, and the request may have taken effect. Otherwise it had no "
                    + "effect."),
    ISSUER_UNAVAILABLE(
            503,
            "Issuer unavailable",
            true,
            "The gateway cannot verify the token now. Nothing was done; try again later."),
    STORE_UNAVAILABLE(
            503,
            "Store unavailable",
            true,
            "The gateway cannot use its database; see detail. Subscriptions that run keep running but cannot be changed. If the "
                    + "database did not answer a change in time, it may still have made the change."),
    SHUTTING_DOWN(
            503,
            "Shutting down",
            true,
            "This replica is stopping. Nothing was stored, except earlier lines of a stream. Try again at once on another replica. "
                    + "If the request was a stream, send again the lines listed as failed in results, and all lines after the last of them."),
    NOT_REPLICATED(
            503,
            "Not replicated",
            true,
            "The message is stored, but not as safely as gateway.publish.require-send-ok requires: sendStatus "
                    + "was not SEND_OK. A retry stores it again."),
    REPLY_TIMEOUT(
            504,
            "No reply",
            true,
            "mode=request: the message is stored, but no consumer replied within the timeout. A consumer may "
                    + "still process it, and a retry is a second request."),
    BROKER_TIMEOUT(
            504,
            "Broker timed out",
            true,
            "The broker did not answer in time. With \"outcome\":\"unknown\", the request may have taken effect. If it was to "
                    + "publish a message, a retry can store the message twice."),
    INTERNAL(
            500,
            "Internal error",
            false,
            "The gateway has a bug. Its log has the details under the requestId of this problem.");

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

    /** The HTTP status of every problem of this type. */
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

    /** When the problem happens and what the caller can do, in words. */
    public String description() {
        return description;
    }

    /** The relative URI of the page that explains this type of problem (RFC 9457, section 3.1.1). */
    public String uri() {
        return "/problems/" + code();
    }

    public static Optional<ProblemType> byCode(String code) {
        return Arrays.stream(values()).filter(type -> type.code().equals(code)).findFirst();
    }
}
