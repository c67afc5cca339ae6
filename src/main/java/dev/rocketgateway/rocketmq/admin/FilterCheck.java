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

/** Asks brokers whether they can filter by an expression, before a consumer uses it. Blocks. */
@ApplicationScoped
public class FilterCheck {

    private static final Logger LOG = Logger.getLogger(FilterCheck.class);

    /** The parser's error text up to the list of tokens that it expected. */
    private static final Pattern MET = Pattern.compile(
            "(?:Encountered|Lexical error) .{0,150}?at line \\d+, column \\d+" + "(?:\\. +Encountered: .{0,100})?");

    private static final Pattern CLASS_NAME = Pattern.compile("(?:[a-z]\\w*\\.)+[A-Z][\\w$]*:? ?");

    private static final int MAX_WORDS = 200;

    /**
     * Codes of a broker that cannot parse the filter or supports no SQL. Other codes, such as that of a busy broker, say nothing
     * about the filter.
     */
    private static final Set<Integer> REFUSALS =
            Set.of(ResponseCode.SUBSCRIPTION_PARSE_FAILED, ResponseCode.SYSTEM_ERROR);

    private final RocketMqAdmin admin;

    FilterCheck(RocketMqAdmin admin) {
        this.admin = admin;
    }

    /**
     * The reason of the first broker that refuses the filter; empty if all brokers that answer accept it. Tag filters are not
     * checked, because every string is a valid tag filter.
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

    /**
     * The part of the broker's error text that names the unexpected token and its place. If there is no such part, the beginning of
     * the text without class names. The result is one line.
     */
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
