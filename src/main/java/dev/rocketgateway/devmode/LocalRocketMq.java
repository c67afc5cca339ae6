package dev.rocketgateway.devmode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A real name server and a real broker on this machine, as child processes with their data in a scratch directory.
 *
 * <p>The build writes their class path to a file. They listen on loopback addresses and free ports, and keep both over a
 * restart. Not thread-safe.
 */
public final class LocalRocketMq {

    private static final Duration BOOT_LIMIT = Duration.ofSeconds(60);
    private static final int PORT_TRIES = 5;
    private static final String BOOTED = "boot success";
    private static final String REGISTERED = "Registering current broker to name server completed";

    /** Both log to files of theirs by default, more than a hundred lines of configuration that take half a second to read. */
    private static final String LOGGING = """
            <configuration>
              <appender name="output" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%d %-5p [%c{1}] %m%n</pattern></encoder>
              </appender>
              <logger name="RocketmqBroker" level="INFO"/>
              <root level="WARN"><appender-ref ref="output"/></root>
            </configuration>
            """;

    private final Path directory;
    private final List<Path> classPath;
    private final Map<String, String> brokerSettings;
    private final boolean tls;
    private @Nullable ChildProcess nameServer;
    private @Nullable ChildProcess broker;
    private int nameServerPort;
    private int brokerPort;

    /**
     * @param classPathFile one entry per line
     * @param directory gets everything the two write; made if missing
     * @param brokerSettings in addition to, or instead of, those made here
     * @param tls whether they speak TLS too, with certificates they make for themselves
     */
    public LocalRocketMq(Path classPathFile, Path directory, Map<String, String> brokerSettings, boolean tls) {
        this.tls = tls;
        this.directory = directory.toAbsolutePath();
        this.brokerSettings = Map.copyOf(brokerSettings);
        try {
            this.classPath = Files.readAllLines(classPathFile).stream()
                    .filter(line -> !line.isBlank())
                    .map(Path::of)
                    .toList();
            Files.createDirectories(this.directory);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the class path of the local RocketMQ is missing; './mvnw generate-resources' writes it", e);
        }
    }

    /** Where clients find the name server. */
    public String nameServerAddress() {
        return "127.0.0.1:" + nameServerPort;
    }

    public String brokerAddress() {
        return "127.0.0.1:" + brokerPort;
    }

    /** The jars of name server, broker and admin tool. */
    public List<Path> classPath() {
        return classPath;
    }

    /**
     * Makes topics known to the broker before its first start.
     */
    public void prepareTopics(Collection<String> topics, int queues) {
        var table = topics.stream().map(topic -> """
                        "%1$s":{"topicName":"%1$s","readQueueNums":%2$d,"writeQueueNums":%2$d,"perm":6,\
                        "topicFilterType":"SINGLE_TAG","topicSysFlag":0,"order":false}""".formatted(topic, queues)).collect(Collectors.joining(","));
        write(
                directory.resolve("store/config/topics.json"),
                "{\"dataVersion\":{\"counter\":1,\"timestamp\":1},\"topicConfigTable\":{" + table + "}}");
    }

    /** Starts both and waits until the name server knows the broker. */
    public void start() throws InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                // Beside each other: the name server is there long before the broker looks for it.
                nameServer = launchNameServer();
                broker = launchBroker();
                nameServer().awaitOutput(BOOTED, BOOT_LIMIT);
                broker().awaitOutput(BOOTED, BOOT_LIMIT);
                // A broker that did not find it tells it of itself with its next report.
                broker().awaitOutput(REGISTERED, BOOT_LIMIT);
                return;
            } catch (IllegalStateException e) {
                // Another process may have taken a port that was free a moment ago.
                stop();
                nameServerPort = 0;
                brokerPort = 0;
                if (tries == PORT_TRIES) {
                    throw e;
                }
            }
        }
    }

    /** Starts the name server again, where clients know it. */
    public void startNameServer() throws InterruptedException {
        nameServer = launchNameServer();
        nameServer().awaitOutput(BOOTED, BOOT_LIMIT);
    }

    /** Starts the broker again, where clients know it, with what it had stored. */
    public void startBroker() throws InterruptedException {
        broker = launchBroker();
        broker().awaitOutput(BOOTED, BOOT_LIMIT);
    }

    private ChildProcess launchNameServer() {
        nameServerPort = nameServerPort != 0 ? nameServerPort : FreePorts.one();
        var settings = new LinkedHashMap<String, String>();
        settings.put("listenPort", String.valueOf(nameServerPort));
        settings.put("bindAddress", "127.0.0.1");
        settings.put("kvConfigPath", directory.resolve("namesrv/kvConfig.json").toString());
        settings.put(
                "configStorePath",
                directory.resolve("namesrv/namesrv.properties").toString());
        return launch("namesrv", "org.apache.rocketmq.namesrv.NamesrvStartup", settings, List.of("-Xmx256m"));
    }

    private ChildProcess launchBroker() {
        brokerPort = brokerPort != 0 ? brokerPort : FreePorts.forBroker();
        return launch(
                "broker",
                "org.apache.rocketmq.broker.BrokerStartup",
                brokerSettings(brokerPort),
                List.of("-Xmx1g", "-XX:MaxDirectMemorySize=512m"));
    }

    private Map<String, String> brokerSettings(int port) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("listenPort", String.valueOf(port));
        settings.put("bindAddress", "127.0.0.1");
        settings.put("brokerIP1", "127.0.0.1");
        settings.put("namesrvAddr", nameServerAddress());
        settings.put("brokerName", "broker-a");
        settings.put("brokerId", "0");
        settings.put("brokerClusterName", "local");
        settings.put("storePathRootDir", directory.resolve("store").toString());
        settings.put("storePathCommitLog", directory.resolve("store/commitlog").toString());
        settings.put("mappedFileSizeCommitLog", "134217728");
        settings.put("flushDiskType", "ASYNC_FLUSH");
        settings.put("autoCreateTopicEnable", "true");
        settings.put("enablePropertyFilter", "true");
        settings.put("timerWheelEnable", "true");
        // How often it tells the name server of its topics; the least it allows.
        settings.put("registerNameServerPeriod", "10000");
        // The default refuses messages on a disk that is three quarters full, as a laptop's may be.
        settings.put("diskMaxUsedSpaceRatio", "95");
        settings.putAll(brokerSettings);
        return settings;
    }

    private ChildProcess launch(String name, String mainClass, Map<String, String> settings, List<String> memory) {
        var file = directory.resolve(name + ".conf");
        write(
                file,
                settings.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                        .collect(Collectors.joining()));
        var logging = directory.resolve("logback.xml");
        write(logging, LOGGING);
        var options = new ArrayList<>(memory);
        options.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // Both would make a key pair for TLS at every start, which takes seconds.
                "-Dtls.server.mode=" + (tls ? "permissive" : "disabled"),
                "-Dfastjson2.creator=reflect",
                "-Drmq.logback.configurationFile=" + logging,
                "-XX:-UsePerfData",
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "-Duser.home=" + directory));
        return ChildProcess.start(
                name,
                Path.of(System.getProperty("java.home")),
                directory,
                options,
                classPath,
                List.of(mainClass, "-c", file.toString()),
                Map.of("ROCKETMQ_HOME", directory.toString()));
    }

    /** The broker's process; for tests that make it fail. */
    public ChildProcess broker() {
        return started(broker);
    }

    /** The name server's process; for tests that make it fail. */
    public ChildProcess nameServer() {
        return started(nameServer);
    }

    private static ChildProcess started(@Nullable ChildProcess process) {
        if (process == null) {
            throw new IllegalStateException("not started");
        }
        return process;
    }

    /** Ends both at once, as a crash would. */
    public void stop() {
        if (broker != null) {
            broker.kill();
        }
        if (nameServer != null) {
            nameServer.kill();
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
