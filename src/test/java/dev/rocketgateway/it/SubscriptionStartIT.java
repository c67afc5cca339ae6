package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.Command;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Request;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A subscription from LATEST gets every message published after it was created, and none of the old ones. */
class SubscriptionStartIT {

    private static final Duration LONG = Duration.ofSeconds(60);

    private static TestBroker broker;

    /** For subscriptions that are made; those of the configuration, and restarts, need one of their own. */
    private static GatewayProcess running;

    private final String topic = broker.newTopic();
    private final String name = "s-" + Long.toString(System.nanoTime(), 36);
    private final TestEndpoint endpoint = TestEndpoint.answering(200);
    private GatewayProcess gateway;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
        running = builder().start();
    }

    @AfterAll
    static void stopBroker() {
        running.close();
        broker.close();
    }

    @AfterEach
    void stop() {
        if (gateway == running) {
            new Subscriptions(running).delete(name, "");
        } else {
            gateway.close();
        }
        endpoint.close();
    }

    /** The store of each gateway is in a directory of its own. The clocks of this machine do not differ. */
    private static GatewayProcess.Builder builder() {
        return GatewayProcess.connectedTo(broker).with("gateway.deliver.clock-tolerance", "0s");
    }

    private void create(String state, String position) {
        Subscriptions.json(
                new Subscriptions(gateway)
                        .post("/subscriptions", """
                        {"name":"%s","state":"%s","source":{"topic":"%s","startFrom":{"position":"%s"}},"endpoint":{"url":"%s"}}""".formatted(name, state, topic, position, endpoint.url())),
                201);
    }

    private void publish(String prefix) {
        for (int i = 0; i < 10; i++) {
            assertThat(gateway.publish(topic, "timeout=20s", prefix + i).statusCode())
                    .isEqualTo(200);
        }
    }

    private static List<String> all(String prefix) {
        return IntStream.range(0, 10).mapToObj(i -> prefix + i).toList();
    }

    /** Whatever would come besides has come when the last message of every queue has. */
    private void awaitExactly(String from, Collection<String> texts) {
        await().atMost(LONG).untilAsserted(() -> assertThat(received()).containsAll(texts));
        var all = new ArrayList<>(texts);
        for (var queue : broker.witness().queues(from)) {
            var last = "last of " + queue.getBrokerName() + " " + queue.getQueueId();
            broker.witness().send(queue, last);
            all.add(last);
        }
        await().atMost(LONG).untilAsserted(() -> assertThat(received()).containsAll(all));
        assertThat(received()).containsExactlyInAnyOrderElementsOf(all);
    }

    private List<String> received() {
        return endpoint.requests().stream().map(Request::text).toList();
    }

    @Test
    void getsWhatIsPublishedRightAfterItsCreationWasAnswered() {
        gateway = running;
        publish("old ");

        create("ACTIVE", "LATEST");
        publish("new ");

        awaitExactly(topic, all("new "));
    }

    /** The client would have one for each consumer. A thousand subscriptions would have a thousand. */
    @Test
    void hasNoThreadThatLooksForExpiredMessages(@TempDir Path directory) {
        gateway = running;
        create("ACTIVE", "LATEST");
        publish("new ");
        awaitExactly(topic, all("new "));

        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var pid = String.valueOf(gateway.process().pid());
        var threads = Command.run(directory, Map.of(), LONG, jcmd, pid, "Thread.print")
                .output();

        // Every client has a thread that pulls, so the output has the threads of the gateway.
        assertThat(threads).contains("\"PullMessageService").doesNotContain("\"CleanExpireMsgScheduledThread_");
    }

    @Test
    void getsWhatIsPublishedWhileItIsPausedFromItsCreationOn() {
        gateway = running;
        publish("old ");

        create("PAUSED", "LATEST");
        publish("new ");
        new Subscriptions(gateway).act(name, "resume");

        awaitExactly(topic, all("new "));
    }

    @Test
    void getsWhatIsPublishedAfterASeekToTheEndWasAnswered() {
        gateway = running;
        create("PAUSED", "LATEST");
        publish("old ");

        assertThat(new Subscriptions(gateway)
                        .post("/subscriptions/" + name + ":seek", "{\"position\":\"LATEST\"}")
                        .statusCode())
                .isEqualTo(200);
        publish("new ");
        new Subscriptions(gateway).act(name, "resume");

        awaitExactly(topic, all("new "));
    }

    @Test
    void ofTheConfigurationGetsWhatIsPublishedAsSoonAsTheGatewayListens() {
        broker.witness().send(topic, "old");

        gateway = builder().subscribing(name, topic, endpoint).start();
        publish("new ");

        awaitExactly(topic, all("new "));
    }

    @Test
    void beginsAtItsCreationOnABrokerThatDidNotAnswerThen() {
        gateway = running;
        publish("old ");
        broker.freezeBroker();
        try {
            create("ACTIVE", "LATEST");
        } finally {
            broker.thawBroker();
        }
        publish("new ");

        awaitExactly(topic, all("new "));
    }

    @Test
    void beginsAtItsCreationAlthoughTheGatewayIsRestartedBeforeTheBrokerAnswers(@TempDir Path directory) {
        var store = "jdbc:h2:file:" + directory.resolve("gateway");
        gateway = builder().with("gateway.store.url", store).start();
        publish("old ");
        broker.freezeBroker();
        try {
            create("ACTIVE", "LATEST");
            gateway.close();
        } finally {
            broker.thawBroker();
        }
        all("new ").forEach(text -> broker.witness().send(topic, text));

        gateway = builder().with("gateway.store.url", store).start();

        awaitExactly(topic, all("new "));
    }

    @Test
    void ofTheConfigurationBeginsAtItsFirstStartAlthoughTheGatewayIsRestartedBeforeTheBrokerAnswers(
            @TempDir Path directory) {
        var store = "jdbc:h2:file:" + directory.resolve("gateway");
        broker.witness().send(topic, "old");
        broker.freezeBroker();
        try {
            gateway = builder()
                    .with("gateway.store.url", store)
                    .subscribing(name, topic, endpoint)
                    .start();
            await().atMost(LONG).until(() -> gateway.log().contains("store loaded"));
            gateway.close();
        } finally {
            broker.thawBroker();
        }
        all("new ").forEach(text -> broker.witness().send(topic, text));

        gateway = builder()
                .with("gateway.store.url", store)
                .subscribing(name, topic, endpoint)
                .start();

        awaitExactly(topic, all("new "));
    }

    /** The first message makes the topic; the subscription looks for it again now and then. */
    @Test
    void ofTheConfigurationGetsTheFirstMessagesOfATopicMadeLater() {
        var later = topic + "-later";
        gateway = builder().subscribing(name, later, endpoint).start();
        await().atMost(LONG).until(() -> gateway.log().contains("subscription=" + name + " state=failed"));

        broker.witness().createTopic(later, 4);
        all("new ").forEach(text -> broker.witness().send(later, text));

        awaitExactly(later, all("new "));
    }
}
