package dev.rocketgateway.bench;

import static org.awaitility.Awaitility.await;

import dev.rocketgateway.devmode.ChildProcess;
import dev.rocketgateway.devmode.LocalRocketMq;
import dev.rocketgateway.testing.NativeClient;
import dev.rocketgateway.testing.ScratchFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * A name server and a broker under load. Unlike the broker of the tests, this one runs with the JVM's own collector and all of
 * its compiler, as a real one does, and deletes what is old, so that a long benchmark does not fill the disk.
 */
final class BenchBroker implements AutoCloseable {

    private static final Path HOME = Path.of(System.getProperty("rocketmq.local.directory", "target/rocketmq"));
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final Map<String, String> SETTINGS = Map.of(
            "autoCreateTopicEnable", "true",
            "enableMixedMessageType", "true",
            // Only the newest file of the log stays; the offsets, by which messages are counted, go on.
            "mappedFileSizeCommitLog", "536870912",
            "fileReservedTime", "0",
            "deleteWhen",
                    String.join(
                            ";",
                            IntStream.range(0, 24).mapToObj("%02d"::formatted).toList()),
            // The defaults shed load where the machine stands still for a moment, whoever sends.
            "waitTimeMillsInSendQueue", "5000",
            "osPageCacheBusyTimeOutMills", "5000");

    private final Path directory;
    private final LocalRocketMq rocketMq;
    private final ChildProcess broker;
    private final NativeClient witness;

    BenchBroker() {
        try {
            directory = Files.createTempDirectory(Files.createDirectories(HOME.resolve("bench")), "broker-")
                    .toAbsolutePath();
            rocketMq = new LocalRocketMq(HOME.resolve("classpath"), directory, SETTINGS, false);
            rocketMq.start();
            // It has written the settings and found the ports; the same broker again, with other options of the JVM.
            rocketMq.broker().kill();
            broker = ChildProcess.start(
                    "bench-broker",
                    Path.of(System.getProperty("java.home")),
                    directory,
                    options(),
                    rocketMq.classPath(),
                    List.of(
                            "org.apache.rocketmq.broker.BrokerStartup",
                            "-c",
                            directory.resolve("broker.conf").toString()),
                    Map.of("ROCKETMQ_HOME", directory.toString()));
            broker.awaitOutput("The broker[", LIMIT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        witness = new NativeClient(rocketMq.nameServerAddress());
    }

    private List<String> options() {
        return List.of(
                "-Xms1g",
                "-Xmx1g",
                "-XX:MaxDirectMemorySize=512m",
                "-Dtls.server.mode=disabled",
                "-Dfastjson2.creator=reflect",
                "-Drmq.logback.configurationFile=" + directory.resolve("logback.xml"),
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + directory,
                "-Duser.home=" + directory);
    }

    String nameServerAddress() {
        return rocketMq.nameServerAddress();
    }

    ProcessFigures figures() {
        return new ProcessFigures(broker.pid());
    }

    String newTopic() {
        var topic = "bench-" + UUID.randomUUID();
        witness.createTopic(topic, 8);
        return topic;
    }

    /** New topics that begin with a message each: the broker makes a topic on first use faster than when it is asked to. */
    List<String> newTopics(int count) {
        var prefix = "bench-" + UUID.randomUUID() + "-";
        var topics = IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
        topics.forEach(topic -> witness.send(topic, "first"));
        await().atMost(LIMIT).until(() -> topics.stream().allMatch(topic -> witness.appended(topic) == 1));
        return topics;
    }

    /** How many messages the topics have ever had. */
    long appended(List<String> topics) {
        return topics.stream().mapToLong(witness::appended).sum();
    }

    @Override
    public void close() {
        witness.close();
        broker.kill();
        rocketMq.stop();
        ScratchFiles.delete(directory);
    }
}
