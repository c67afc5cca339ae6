import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.utils.MessageUtil;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * Replies to the messages of a topic with their text in capitals.
 *
 * <p>Needs org.apache.rocketmq:rocketmq-client, 4.7 or newer, which the packaged gateway has. Arguments: the name server, the topic.
 *
 * <pre>
 * ./mvnw package -DskipTests
 * java -cp 'target/quarkus-app/lib/main/*' docs/examples/Replier.java 127.0.0.1:9876 orders
 * </pre>
 */
public final class Replier {

    public static void main(String[] arguments) throws Exception {
        var nameServer = arguments[0];
        var topic = arguments[1];
        // All consumers of a group must subscribe to the same topics, so this topic has a group of its own.
        var group = "GID_replier_" + topic;

        var producer = new DefaultMQProducer(group);
        producer.setNamesrvAddr(nameServer);
        producer.start();

        var consumer = new DefaultMQPushConsumer(group);
        consumer.setNamesrvAddr(nameServer);
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (requests, context) -> {
            for (MessageExt request : requests) {
                // Others may publish to the topic without waiting for a reply.
                if (MessageUtil.getReplyToClient(request) != null) {
                    try {
                        producer.send(replyTo(request));
                    } catch (Exception e) {
                        // Nobody waits any more, or the broker is gone: the next attempt will not find the caller either.
                        System.err.println("no reply to " + request.getMsgId() + ": " + e.getMessage());
                    }
                }
            }
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
        System.out.println("replying to " + topic);
    }

    private static Message replyTo(MessageExt request) throws Exception {
        var text = new String(request.getBody(), StandardCharsets.UTF_8).toUpperCase(Locale.ROOT);
        var reply = MessageUtil.createReplyMessage(request, text.getBytes(StandardCharsets.UTF_8));
        reply.putUserProperty("contentType", "text/plain;charset=UTF-8");
        reply.putUserProperty("city", "Zürich");
        reply.setTags("shouted");
        reply.setKeys(request.getKeys());
        return reply;
    }
}
