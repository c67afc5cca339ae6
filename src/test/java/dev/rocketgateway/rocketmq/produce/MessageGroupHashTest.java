package dev.rocketgateway.rocketmq.produce;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageGroupHashTest {

    private static List<MessageQueue> queues(int count) {
        return IntStream.range(0, count)
                .mapToObj(id -> new MessageQueue("t", "broker-a", id))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** By an implementation of SipHash in Python. Other figures would send every user's running groups to other queues. */
    @ParameterizedTest
    @CsvSource({"order-1,5,7", "order-2,5,6", "order-3,3,1", "grün,1,0"})
    void keepsItsChoiceFromVersionToVersion(String group, int ofSeven, int ofEight) {
        assertThat(MessageGroupHash.queueOf(group, queues(7)).getQueueId()).isEqualTo(ofSeven);
        assertThat(MessageGroupHash.queueOf(group, queues(8)).getQueueId()).isEqualTo(ofEight);
    }

    @Test
    void spreadsGroupsOverAllQueues() {
        var counts = IntStream.range(0, 8_000)
                .mapToObj(i -> MessageGroupHash.queueOf("order-" + i, queues(8)).getQueueId())
                .collect(Collectors.groupingBy(id -> id, Collectors.counting()));

        assertThat(counts).hasSize(8);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(850L, 1150L));
    }

    @Test
    void doesNotDependOnTheOrderOfTheRoute() {
        var shuffled = queues(8);
        Collections.reverse(shuffled);

        assertThat(MessageGroupHash.queueOf("order-1", shuffled))
                .isEqualTo(MessageGroupHash.queueOf("order-1", queues(8)));
    }
}
