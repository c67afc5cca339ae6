package dev.rocketgateway.publish;

import java.util.concurrent.CompletionStage;

/**
 * A request on its way to whoever replies. Both stages fail with {@link SendFailedException} only.
 *
 * @param stored completes when the broker has stored the request, and then the client has let go of it
 * @param reply completes with the reply, which can be before the broker has said that it stored the request
 * @param forget to be called once nobody waits for the reply any more; may be called before, after and more than once
 */
public record PendingReply(CompletionStage<SendReceipt> stored, CompletionStage<ReplyMessage> reply, Runnable forget) {}
