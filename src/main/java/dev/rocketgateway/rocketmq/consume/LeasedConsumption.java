package dev.rocketgateway.rocketmq.consume;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.deliver.MessageSource.Consumption;
import dev.rocketgateway.deliver.MessageSource.Limits;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import java.time.Duration;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;

/**
 * The consumption of a pull subscription. Keeps the group prepared on all brokers of the topic, so that workers can receive messages from
 * any replica. Receives no messages itself.
 */
final class LeasedConsumption implements Consumption {

    private static final Logger LOG = Logger.getLogger(LeasedConsumption.class);

    private final UnaryOperator<Set<String>> setUp;
    private volatile Set<String> ready;

    /**
     * @param setUp prepares the group on all brokers of the topic that answer, except the given ones; returns the names of all
     *     prepared brokers
     * @param ready names of the brokers on which the group is ready
     */
    LeasedConsumption(UnaryOperator<Set<String>> setUp, Set<String> ready) {
        this.setUp = setUp;
        this.ready = ready;
    }

    @Override
    public void refresh() {
        try {
            ready = setUp.apply(ready);
        } catch (SourceUnavailableException e) {
            LOG.debug("the group of a pull subscription could not be prepared on all brokers, will be retried", e);
        }
    }

    @Override
    public void adjust(Limits limits) {
        // No limits to apply: each request of a worker has its own number of messages.
    }

    /** A lease can have any length, so there are no levels. */
    @Override
    public DelayLevels delayLevels() {
        return DelayLevels.DEFAULT;
    }

    @Override
    public boolean drain(Duration limit) {
        return true;
    }
}
