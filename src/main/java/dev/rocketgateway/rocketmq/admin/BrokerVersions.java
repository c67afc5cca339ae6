package dev.rocketgateway.rocketmq.admin;

import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.common.MQVersion;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;

/**
 * Which version of RocketMQ each broker runs, as it says with each response. An old broker does not refuse what it lacks; it ignores
 * it. Thread-safe.
 */
@Singleton
public class BrokerVersions {

    /** What some brokers lack. */
    public enum Feature {
        /** Delays and delivery times of the timer wheel; older brokers deliver at once. */
        TIMER(MQVersion.Version.V5_0_0_SNAPSHOT),
        /** Saying that a group has no position; older brokers say that it is at 0. */
        MISSING_POSITION(MQVersion.Version.V5_0_0_SNAPSHOT);

        private final int since;

        Feature(MQVersion.Version since) {
            this.since = since.ordinal();
        }
    }

    private static final int NOT_TOLD = -1;

    private final RocketMqAdmin admin;
    private final Map<String, Integer> versions = new ConcurrentHashMap<>();

    BrokerVersions(RocketMqAdmin admin) {
        this.admin = admin;
    }

    /**
     * Asks the broker for its version, and so whether it is there. Blocks.
     *
     * @throws RemotingException if it does not answer
     */
    void ask(String name, String address) throws RemotingException, InterruptedException {
        versions.put(name, admin.version(address).orElse(NOT_TOLD));
    }

    /** Asks the brokers that are not known yet and answer. Blocks. */
    public void askUnknown(Collection<BrokerData> brokers, BrokerHealth health) throws InterruptedException {
        for (var broker : brokers) {
            var name = broker.getBrokerName();
            var address = broker.selectBrokerAddr();
            if (address != null && !versions.containsKey(name) && !health.isSilent(name)) {
                try {
                    ask(name, address);
                } catch (RemotingException silent) {
                    // It is asked again when it is needed again.
                }
            }
        }
    }

    /** Whether the broker is known to lack the feature. */
    public boolean lacks(String name, Feature feature) {
        var version = versions.get(name);
        return version != null && version != NOT_TOLD && version < feature.since;
    }

    /** Whether the broker has answered; it may have kept its version to itself. */
    public boolean hasAnswered(String name) {
        return versions.containsKey(name);
    }

    /** Such as {@code 4.9.7}; of a broker that is known. */
    public String describe(String name) {
        var version = versions.get(name);
        return version == null || version == NOT_TOLD
                ? "of an unknown version"
                : MQVersion.getVersionDesc(version).replaceFirst("^V", "").replace('_', '.');
    }
}
