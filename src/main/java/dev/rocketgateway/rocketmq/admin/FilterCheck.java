package dev.rocketgateway.rocketmq.admin;

import dev.rocketgateway.deliver.MessageSource.Filter;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.filter.ExpressionType;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.apache.rocketmq.remoting.protocol.heartbeat.SubscriptionData;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Asks brokers whether they can filter by an expression, before there is a consumer with it. Blocks. */
@ApplicationScoped
public class FilterCheck {

    private static final Logger LOG = Logger.getLogger(FilterCheck.class);

    /** The parser goes on with every token it would have taken instead. */
    private static final Pattern MET = Pattern.compile(
            "(?:Encountered|Lexical error) .{0,150}?at line \\d+, column \\d+" + "(?:\\. +Encountered: .{0,100})?");

    private static final Pattern CLASS_NAME = Pattern.compile("(?:[a-z]\\w*\\.)+[A-Z][\\w$]*:? ?");

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
    public Optional<String> refusal(ConsumerGroup group, TopicName topic, Filter filter, TopicRouteData route)
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
                    return Optional.of(words(e.getErrorMessage()));
                }
                LOG.debugf(e, "a broker did not check a filter topic=%s", topic);
            } catch (RemotingException e) {
                LOG.debugf(e, "a broker could not be asked about a filter topic=%s", topic);
            }
        }
        return Optional.empty();
    }

    /** What the parser met and where; on one line, without what could forge others, and without names of classes. */
    static String words(@Nullable String message) {
        var line = String.valueOf(message).replaceAll("[\\s\\p{Cntrl}]+", " ");
        var met = MET.matcher(line);
        if (met.find()) {
            return met.group();
        }
        var said = CLASS_NAME.matcher(line).replaceAll("").strip();
        return said.length() <= MAX_WORDS ? said : said.substring(0, MAX_WORDS) + "…";
    }
}
