package dev.rocketgateway.subscription.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.testing.LogCapture;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("it reads what is logged")
class SubscriptionFilesTest {

    @TempDir
    Path directory;

    private SubscriptionFiles files;
    private final AtomicInteger changes = new AtomicInteger();
    private int age = 1000;

    @BeforeEach
    void create() {
        files = new SubscriptionFiles(Optional.of(directory));
        files.onChange(changes::incrementAndGet);
    }

    @AfterEach
    void stop() {
        files.stop();
    }

    /** Writes a file that is old enough to be complete, and that is another version than the one before. */
    private void write(String name, String text) throws IOException {
        var file = directory.resolve(name);
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(age--)));
    }

    private static String subscription(String topic, String group) {
        return "source: {topic: %s, consumerGroup: %s}\nendpoint: {url: 'http://billing/hook'}".formatted(topic, group);
    }

    /** Looks until it has seen the change: a file is looked at once a second. */
    private void lookUntil(Runnable assertion) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            files.look();
            assertion.run();
        });
    }

    @Test
    void hasWhatTheFilesHave() throws IOException {
        write("b.yaml", subscription("orders", "GID_b"));
        write("a.yaml", subscription("orders", "GID_a"));
        write("notes.txt", "not a subscription");

        files.start(subscription -> false);

        assertThat(files.subscriptions()).extracting(Subscription::name).containsExactly("a", "b");
        assertThat(files.faults()).isEmpty();
    }

    @Test
    void followsFilesThatAreAddedChangedAndRemoved() throws IOException {
        write("a.yaml", subscription("orders", "GID_a"));
        files.start(subscription -> false);
        var first = files.subscriptions();
        var since = first.get(0).createdAt();
        files.look();
        assertThat(files.subscriptions()).isSameAs(first);
        assertThat(changes).as("the first look, and no change since").hasValue(1);

        write("b.yaml", subscription("orders", "GID_b"));
        write("a.yaml", subscription("orders", "GID_a") + "\nretry: {maxAttempts: 2}");
        lookUntil(() -> {
            assertThat(files.subscriptions()).hasSize(2);
            assertThat(files.subscriptions().get(0).retry().maxAttempts()).isEqualTo(2);
        });
        assertThat(files.subscriptions().get(0).createdAt()).isEqualTo(since);

        Files.delete(directory.resolve("a.yaml"));
        files.look();
        assertThat(files.subscriptions()).as("an editor may write it again").hasSize(2);
        files.look();
        assertThat(files.subscriptions()).extracting(Subscription::name).containsExactly("b");
    }

    @Test
    void keepsWhatRanWhileAFileIsFaulty() throws IOException {
        write("a.yaml", subscription("orders", "GID_a"));
        write("new.yaml", "endpoint: {url: 7}");
        try (var log = LogCapture.ofCategory("dev.rocketgateway.subscription")) {
            files.start(subscription -> false);
            var before = files.subscriptions();
            assertThat(before).extracting(Subscription::name).containsExactly("a");
            assertThat(files.faults()).extracting(SubscriptionFiles.Fault::file).containsExactly("new.yaml");

            write("a.yaml", "source: {topic: 'no topic'}");
            lookUntil(() -> assertThat(files.faults()).hasSize(2));
            assertThat(files.subscriptions()).isSameAs(before);
            files.look();
            assertThat(log.messages().stream().filter(line -> line.contains("file=a.yaml fault=")))
                    .singleElement()
                    .asString()
                    .contains("source.topic", "the subscription stays as it was");

            write("a.yaml", subscription("orders", "GID_other"));
            lookUntil(() -> assertThat(files.faults().get(0).fault())
                    .startsWith("source.consumerGroup: cannot be changed; create another subscription"));

            write("a.yaml", subscription("orders", "GID_a"));
            write("new.yaml", subscription("orders", "GID_new"));
            lookUntil(() -> assertThat(files.faults()).isEmpty());
            assertThat(files.subscriptions()).hasSize(2);
        }
    }

    @Test
    void refusesANameOrGroupThatIsTakenUntilItIsFree() throws IOException {
        write("a.yaml", subscription("orders", "GID_same"));
        write("b.yaml", subscription("orders", "GID_same"));
        write("a.yml", subscription("orders", "GID_other"));
        write("configured.yaml", subscription("orders", "GID_c"));
        files.start(subscription -> subscription.name().equals("configured"));

        assertThat(files.subscriptions()).extracting(Subscription::name).containsExactly("a");
        assertThat(files.faults())
                .extracting(SubscriptionFiles.Fault::fault)
                .satisfiesExactly(
                        name -> assertThat(name).startsWith("file a.yaml has a subscription with this name"),
                        group -> assertThat(group).startsWith("source.consumerGroup: is also the group of file a.yaml"),
                        taken -> assertThat(taken).startsWith("the configuration has a subscription"));

        Files.delete(directory.resolve("a.yaml"));
        files.look();
        files.look();
        assertThat(files.subscriptions()).extracting(Subscription::name).containsExactly("a", "b");
        assertThat(files.faults()).hasSize(1);
    }

    @Test
    void keepsAllWhileTheDirectoryCannotBeRead() throws IOException {
        write("a.yaml", subscription("orders", "GID_a"));
        files.start(subscription -> false);
        var elsewhere = directory.resolveSibling(directory.getFileName() + "-moved");
        Files.move(directory, elsewhere);
        try {
            files.look();
            files.look();
            assertThat(files.subscriptions()).hasSize(1);
        } finally {
            Files.move(elsewhere, directory);
        }
    }

    @Test
    void stopsTheStartWithoutTheDirectory() {
        var missing = new SubscriptionFiles(Optional.of(directory.resolve("missing")));

        assertThatThrownBy(() -> missing.start(subscription -> false))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("gateway.subscriptions-directory");
        missing.stop();
    }
}
