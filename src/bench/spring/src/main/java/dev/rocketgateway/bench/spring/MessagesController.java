package dev.rocketgateway.bench.spring;

import java.util.concurrent.CompletableFuture;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The obvious code, without checks, limits or error documents. */
@RestController
class MessagesController {

    private final DefaultMQProducer producer;

    MessagesController(DefaultMQProducer producer) {
        this.producer = producer;
    }

    @PostMapping(path = "/topics/{topic}/messages", params = "mode=sync")
    SendResult sync(@PathVariable("topic") String topic, @RequestBody byte[] body) throws Exception {
        return producer.send(new Message(topic, body));
    }

    @PostMapping(path = "/topics/{topic}/messages", params = "mode=async")
    CompletableFuture<ResponseEntity<SendResult>> async(
            @PathVariable("topic") String topic, @RequestBody byte[] body) throws Exception {
        var answer = new CompletableFuture<ResponseEntity<SendResult>>();
        producer.send(new Message(topic, body), new SendCallback() {
            @Override
            public void onSuccess(SendResult result) {
                answer.complete(ResponseEntity.accepted().body(result));
            }

            @Override
            public void onException(Throwable cause) {
                answer.completeExceptionally(cause);
            }
        });
        return answer;
    }
}
