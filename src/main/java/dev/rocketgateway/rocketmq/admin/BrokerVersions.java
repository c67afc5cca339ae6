package dev.rocketgateway.rocketmq.admin;

import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.common.MQVersion;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;

/**
 * Records the RocketMQ version of each broker. Every response of a broker contains its version. An old broker does not refuse a
 * feature that it lacks; it ignores the feature. Thread-safe.
 */
@Singleton
public class BrokerVersions {

    /** Features that some brokers lack. */
    public enum Feature {
        /** Delays and delivery times of the timer wheel; older brokers ignore them and deliver immediately. */
        TIMER(MQVersion.Version.V5_0_0_SNAPSHOT),
        /** The answer that a group has no position; older brokers answer with position 0. */
        MISSING_POSITION(MQVersion.Version.V5_0_0_SNAPSHOT),
        /** Leases (POP); older brokers refuse their calls. */
        LEASES(MQVersion.Version.V5_0_0_SNAPSHOT),
        /** A wait for leased messages that also ends for a retry; older brokers wait on. */
        NOTICE_OF_RETRIES(MQVersion.Version.V5_3_0_SNAPSHOT);

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
     * Asks the broker for its version. This also shows whether the broker answers. Blocks.
     *
     * @throws RemotingException if the broker does not answer
     */
    void ask(String name, String address) throws RemotingException, InterruptedException {
        versions.put(name, admin.version(address).orElse(NOT_TOLD));
    }

    /** Asks the brokers whose version is unknown, except silent ones. Blocks. */
    public void askUnknown(Collection<BrokerData> brokers, BrokerHealth health) throws InterruptedException {
        for (var broker : brokers) {
            var name = broker.getBrokerName();
            var address = broker.selectBrokerAddr();
            if (address != null && !versions.containsKey(name) && !health.isSilent(name)) {
                try {
                    ask(name, address);
                } catch (RemotingException silent) {
                    // The broker is asked again the next time its version is needed.
                }
            }
        }
    }

    /** Whether the broker is known to lack the feature. */
    public boolean lacks(String name, Feature feature) {
        var version = versions.get(name);
        return version != null && version != NOT_TOLD && version < feature.since;
    }

    /** Whether the broker has answered, even without its version. */
    public boolean hasAnswered(String name) {
        return versions.containsKey(name);
    }

    /** The version of a broker in words, such as {@code 4.9.7}, or {@code of an unknown version}. */
    public String describe(String name) {
        var version = versions.get(name);
        return version == null || version == NOT_TOLD
                ? "of an unknown version"
                : MQVersion.getVersionDesc(version).replaceFirst("^V", "").replace('_', '.');
    }
}
