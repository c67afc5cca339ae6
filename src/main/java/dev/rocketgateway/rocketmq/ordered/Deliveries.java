package dev.rocketgateway.rocketmq.ordered;

import dev.rocketgateway.deliver.MessageSource.Settlement;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * Delivers messages on separate threads, which a delivery may block.
 *
 * @param delivery delivers a message and returns its settlement; must not throw
 */
record Deliveries(Executor threads, BiFunction<MessageExt, HeldMessage, Settlement> delivery) {

    /**
     * Delivers a message while its lease is renewed. Returns immediately.
     *
     * @param endTurn called when the delivery has ended
     * @param settled called after {@code endTurn}, with the settlement
     */
    void deliver(MessageExt message, HeldMessage held, Runnable endTurn, Consumer<Settlement> settled) {
        try {
            threads.execute(() -> {
                held.renew();
                Settlement settlement;
                try {
                    settlement = delivery.apply(message, held);
                } finally {
                    endTurn.run();
                }
                settled.accept(settlement);
            });
        } catch (RejectedExecutionException stopped) {
            endTurn.run();
            settled.accept(new Settlement.Unsettled());
        }
    }
}
