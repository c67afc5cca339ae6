package dev.rocketgateway.publish.send;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendReceipt;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A message that waits to be sent, and the receipt its sender waits for.
 *
 * @param receipt completes once; fails with {@link SendFailedException}
 * @param since {@link System#nanoTime} when the message arrived
 * @param deadline {@link System#nanoTime} after which its sender no longer waits
 */
record PendingSend(OutgoingMessage message, CompletableFuture<SendReceipt> receipt, long since, long deadline) {

    static PendingSend of(OutgoingMessage message, Duration timeout) {
        long now = System.nanoTime();
        return new PendingSend(message, new CompletableFuture<>(), now, now + timeout.toNanos());
    }

    Duration left() {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    boolean isLate() {
        return deadline - System.nanoTime() <= 0;
    }
}
