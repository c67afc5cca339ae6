package dev.rocketgateway.bench;

import java.util.function.IntConsumer;

/** Messages of a topic that is filled ahead of its consumer: enough for its buffers, and for the time between two looks. */
final class FedMessages implements DeliverySide.Messages {

    private final Feeder feeder;
    private final IntConsumer prepare;
    private int ahead;

    FedMessages(Feeder feeder, IntConsumer prepare) {
        this.feeder = feeder;
        this.prepare = prepare;
    }

    @Override
    public void begin(int inFlight) {
        prepare.accept(inFlight);
        ahead = 1000 + 8 * inFlight;
    }

    @Override
    public int keepUp(int delivered) {
        int backlog = feeder.published() - delivered;
        feeder.fillTo(delivered + ahead);
        return backlog;
    }

    @Override
    public int end() {
        return feeder.published();
    }
}
