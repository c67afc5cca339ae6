package dev.rocketgateway.publish;

import java.util.concurrent.CompletionStage;

/**
 * A request on its way to whoever replies. Both stages fail with {@link SendFailedException} only.
 *
 * @param stored completes when the broker has stored the request, or when it is known that nobody will say so
 * @param reply completes with the reply, which can be before the broker has said that it stored the request
 */
public record PendingReply(CompletionStage<Void> stored, CompletionStage<ReplyMessage> reply) {}
