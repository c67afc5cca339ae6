package dev.rocketgateway.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageExt;

/** What one writes in an afternoon: a push consumer whose listener posts with the JDK's HTTP client. */
public final class SimpleForwarder {

    private static final int THREADS = 20;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI target;

    private SimpleForwarder(URI target) {
        this.target = target;
    }

    /**
     * @param arguments name server, topic, and the URL to post to
     */
    public static void main(String[] arguments) throws Exception {
        var forwarder = new SimpleForwarder(URI.create(arguments[2]));
        var consumer = new DefaultMQPushConsumer(arguments[1] + "-simple");
        consumer.setNamesrvAddr(arguments[0]);
        consumer.setConsumeThreadMin(THREADS);
        consumer.setConsumeThreadMax(THREADS);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.subscribe(arguments[1], "*");
        consumer.registerMessageListener((MessageListenerConcurrently)
                (messages, context) -> messages.stream().allMatch(forwarder::posted)
                        ? ConsumeConcurrentlyStatus.CONSUME_SUCCESS
                        : ConsumeConcurrentlyStatus.RECONSUME_LATER);
        consumer.start();
    }

    private boolean posted(MessageExt message) {
        var request = HttpRequest.newBuilder(target)
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofByteArray(message.getBody()))
                .build();
        try {
            return http.send(request, BodyHandlers.discarding()).statusCode() / 100 == 2;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
