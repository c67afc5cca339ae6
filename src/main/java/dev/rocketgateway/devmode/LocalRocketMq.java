package dev.rocketgateway.devmode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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

    /** Starts both, the name server first: a broker that does not find it tells it of itself half a minute later. */
    public void start() throws InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                startNameServer();
                startBroker();
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
        nameServerPort = nameServerPort != 0 ? nameServerPort : freePort();
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
        brokerPort = brokerPort != 0 ? brokerPort : freeTriple();
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
        var options = new ArrayList<>(memory);
        options.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // Both would make a key pair for TLS at every start, which takes seconds.
                "-Dtls.server.mode=" + (tls ? "permissive" : "disabled"),
                "-Dfastjson2.creator=reflect",
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

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A port whose neighbours are free too: the broker opens {@code listenPort - 2} and {@code listenPort + 1} as well. */
    private static int freeTriple() {
        while (true) {
            int port = freePort();
            if (port > 1026 && port < 65535 && isFree(port - 2) && isFree(port + 1)) {
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
