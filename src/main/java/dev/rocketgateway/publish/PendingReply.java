package dev.rocketgateway.publish;

import java.util.concurrent.CompletionStage;

/**
 * A request that waits for the reply of a consumer. Both stages fail only with {@link SendFailedException}.
 *
 * @param stored completes when the broker has stored the request and the client has released it
 * @param reply completes with the reply, possibly before the broker has confirmed that the request is stored
 * @param forget must be called when nobody waits for the reply any longer; may be called at any time and repeatedly
 */
public record PendingReply(CompletionStage<SendReceipt> stored, CompletionStage<ReplyMessage> reply, Runnable forget) {}
