package dev.rocketgateway.rocketmq;

import dev.rocketgateway.deliver.MessageSource.Filter;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.Set;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.filter.ExpressionType;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.apache.rocketmq.remoting.protocol.heartbeat.SubscriptionData;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;
import org.jboss.logging.Logger;

/** Asks brokers whether they can filter by an expression, before there is a consumer with it. Blocks. */
@ApplicationScoped
class FilterCheck {

    private static final Logger LOG = Logger.getLogger(FilterCheck.class);

    /** The parser lists every token it would have taken instead. */
    private static final int MAX_WORDS = 200;

    /** It cannot parse the filter, or takes none by SQL. Any other answer is about the question, such as a busy broker. */
    private static final Set<Integer> REFUSALS =
            Set.of(ResponseCode.SUBSCRIPTION_PARSE_FAILED, ResponseCode.SYSTEM_ERROR);

    private final RocketMqAdmin admin;

    FilterCheck(RocketMqAdmin admin) {
        this.admin = admin;
    }

    /**
     * What the first broker that refuses the filter says of it; empty if those that answer take it. Filters by tag are not asked
     * about: any text is one.
     */
    Optional<String> refusal(ConsumerGroup group, TopicName topic, Filter filter, TopicRouteData route)
            throws InterruptedException {
        if (!filter.sql()) {
            return Optional.empty();
        }
        var subscription = new SubscriptionData();
        subscription.setTopic(admin.inNamespace(topic.value()));
        subscription.setSubString(filter.expression());
        subscription.setExpressionType(ExpressionType.SQL92);
        for (var address : RocketMqAdmin.masters(route.getBrokerDatas())) {
            try {
                admin.api()
                        .checkClientInBroker(
                                address,
                                admin.inNamespace(group.value()),
                                admin.clientId(),
                                subscription,
                                admin.timeout().toMillis());
            } catch (MQClientException e) {
                if (REFUSALS.contains(e.getResponseCode())) {
                    return Optional.of(words(e));
                }
                LOG.debugf(e, "a broker did not judge a filter topic=%s", topic);
            } catch (RemotingException e) {
                LOG.debugf(e, "a broker was not asked about a filter topic=%s", topic);
            }
        }
        return Optional.empty();
    }

    /** On one line, without what could forge others. */
    private static String words(MQClientException e) {
        var said = String.valueOf(e.getErrorMessage())
                .replaceAll("[\\s\\p{Cntrl}]+", " ")
                .strip();
        return said.length() <= MAX_WORDS ? said : said.substring(0, MAX_WORDS) + "…";
    }
}
