package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.MessageSource.Deferred;
import dev.rocketgateway.deliver.MessageSource.Handover;
import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.message.ReceivedMessage;
import java.util.function.Supplier;

/** A message that a {@link DirectDelivery} has taken over. */
record DueMessage(int index, Handover from) {

    /** Each call creates a new object, because a message that waits needs less memory in the format of the client. */
    ReceivedMessage message() {
        return from.message(index);
    }

    /** Whether the message takes long to convert, or its webhook to prepare. */
    boolean takesLong() {
        return from.takesLong(index);
    }

    boolean begin() {
        return from.begin(index);
    }

    void giveUp() {
        from.giveUp(index);
    }

    void acknowledge() {
        from.acknowledge(index);
    }

    /** Settles the message on a consumer thread. */
    void settle(Settlement settlement) {
        settle(() -> settlement, () -> {});
    }

    /**
     * Settles the message on a consumer thread.
     *
     * @param otherwise called instead if the message needs no settlement any more
     */
    void settle(Supplier<Settlement> settlement, Runnable otherwise) {
        from.settle(index, new Deferred() {
            @Override
            public Settlement settle() {
                return settlement.get();
            }

            @Override
            public void drop() {
                otherwise.run();
            }
        });
    }
}
