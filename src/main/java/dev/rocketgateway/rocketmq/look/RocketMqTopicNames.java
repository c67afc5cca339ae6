package dev.rocketgateway.rocketmq.look;

import static dev.rocketgateway.rocketmq.admin.AdminErrors.translated;

import dev.rocketgateway.look.TopicNames;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.rocketmq.admin.RocketMqAdmin;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Comparator;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.rocketmq.remoting.protocol.body.ClusterInfo;

/**
 * Lists the topics of a name server. Leaves out the topics that every broker registers for itself: a topic with the name of the broker, a
 * topic with the name of its cluster, and a topic for replies. Thread-safe; blocks.
 */
@ApplicationScoped
class RocketMqTopicNames implements TopicNames {

    private static final String REPLIES = "_REPLY_TOPIC";

    private final RocketMqAdmin admin;

    RocketMqTopicNames(RocketMqAdmin admin) {
        this.admin = admin;
    }

    @Override
    public SortedSet<TopicName> list() {
        return translated(() -> {
            var onTheWire = admin.api()
                    .getTopicListFromNameServer(admin.timeout().toMillis())
                    .getTopicList();
            var internal = admin.cluster().map(RocketMqTopicNames::internal).orElse(Set.of());
            return own(onTheWire, internal);
        });
    }

    /** Names of the topics that brokers of the cluster create for themselves. */
    static Set<String> internal(ClusterInfo cluster) {
        var names = new TreeSet<String>();
        if (cluster.getBrokerAddrTable() != null) {
            names.addAll(cluster.getBrokerAddrTable().keySet());
        }
        if (cluster.getClusterAddrTable() != null) {
            cluster.getClusterAddrTable().keySet().forEach(name -> {
                names.add(name);
                names.add(name + REPLIES);
            });
        }
        return names;
    }

    private SortedSet<TopicName> own(Collection<String> onTheWire, Set<String> internal) {
        return onTheWire.stream()
                .filter(name -> !internal.contains(name))
                .filter(name -> admin.inNamespace(admin.withoutNamespace(name)).equals(name))
                .map(admin::withoutNamespace)
                .filter(TopicName::isLegal)
                .map(TopicName::new)
                .filter(topic -> !topic.isReserved())
                .collect(Collectors.toCollection(() -> new TreeSet<>(Comparator.comparing(TopicName::value))));
    }
}
