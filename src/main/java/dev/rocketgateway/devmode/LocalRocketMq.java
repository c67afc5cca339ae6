package dev.rocketgateway.devmode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs a real name server and a real broker on this machine, as child processes with their data in a scratch directory: one process
 * for both, or one each, so that each can fail separately.
 *
 * <p>The build writes their class path to a file. Both listen on loopback addresses and free ports, and keep address and port
 * across a restart. Not thread-safe.
 */
public final class LocalRocketMq {

    private static final Duration BOOT_LIMIT = Duration.ofSeconds(60);
    private static final int TRIES = 5;
    private static final int REGISTRATION_TRIES = 20;
    private static final Duration REGISTRATION_PAUSE = Duration.ofMillis(50);
    private static final String NAME_SERVER = "org.apache.rocketmq.namesrv.NamesrvStartup";
    private static final String BROKER = "org.apache.rocketmq.broker.BrokerStartup";
    private static final String NAME_SERVER_BOOTED = "The Name Server boot success";
    private static final List<String> BROKER_MEMORY = List.of("-Xmx1g", "-XX:MaxDirectMemorySize=512m");
    private static final String REGISTERED_BEFORE_5 = "]to name server";
    private static final String REGISTERED = "Registering current broker to name server completed";

    private final Path directory;
    private final List<Path> classPath;
    private final Map<String, String> brokerSettings;
    private final boolean tls;
    private final LocalRocketMqFiles files;
    private @Nullable ChildProcess nameServer;
    private @Nullable ChildProcess broker;
    private int nameServerPort;
    private int brokerPort;

    /**
     * @param classPathFile one entry per line
     * @param directory directory for all files of both; created if missing
     * @param brokerSettings additional broker settings, which override the defaults here
     * @param tls whether they support TLS too, with self-signed certificates
     */
    public LocalRocketMq(Path classPathFile, Path directory, Map<String, String> brokerSettings, boolean tls) {
        this.tls = tls;
        this.directory = directory.toAbsolutePath();
        this.files = new LocalRocketMqFiles(this.directory);
        this.brokerSettings = Map.copyOf(brokerSettings);
        try {
            this.classPath = Files.readAllLines(classPathFile).stream()
                    .filter(line -> !line.isBlank())
                    .map(Path::of)
                    .toList();
            Files.createDirectories(this.directory);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the class path of the local RocketMQ is missing; run './mvnw generate-resources' to write it", e);
        }
    }

    /** The address of the name server for clients. */
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

    /** Whether a running broker uses the directory: it locks a file there, and the lock ends with its process. */
    static boolean isInUse(Path directory) {
        var file = LocalRocketMqFiles.lockFile(directory);
        if (Files.notExists(file)) {
            return false;
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            return lock == null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds topics to those that the broker knows at its next start. */
    public void prepareTopics(Collection<String> topics, int queues) {
        files.addTopics(topics, queues);
    }

    /** Starts each in its own process, and waits until the name server knows the broker. */
    public void start() throws InterruptedException {
        start(() -> {
            // In parallel: the name server is ready long before the broker connects to it.
            nameServer = launchNameServer();
            broker = launchBroker();
            nameServer().awaitOutput(NAME_SERVER_BOOTED, BOOT_LIMIT);
            awaitRegisteredBroker();
        });
    }

    /** Starts the broker alone, for a name server that runs already, and waits until that knows it. */
    public void join(LocalRocketMq cluster) throws InterruptedException {
        start(() -> {
            nameServerPort = cluster.nameServerPort;
            broker = launchBroker();
            awaitRegisteredBroker();
        });
    }

    /** Starts both in one process, which takes a second less, and waits until the name server knows the broker. */
    public void startTogether() throws InterruptedException {
        start(() -> {
            broker = launchBoth();
            nameServer = broker;
            awaitRegisteredBroker();
        });
    }

    private void start(Start start) throws InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                start.run();
                return;
            } catch (IllegalStateException e) {
                // Another process may have taken a port that was free a moment ago.
                stop();
                nameServerPort = 0;
                brokerPort = 0;
                if (tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    /** Starts the name server again, at the same address. */
    public void startNameServer() throws InterruptedException {
        nameServer = launchNameServer();
        nameServer().awaitOutput(NAME_SERVER_BOOTED, BOOT_LIMIT);
    }

    /** Starts the broker again, at the same address and with its stored data. */
    public void startBroker() throws InterruptedException {
        broker = launchBroker();
        awaitRegisteredBroker();
    }

    /** Starts what has ended of what it had started, and has the name server know the broker and its topics. */
    public void startWhatHasEnded() throws InterruptedException {
        if (nameServer != null && !nameServer.isAlive()) {
            startNameServer();
        }
        if (broker().isAlive()) {
            register();
        } else {
            startBroker();
        }
    }

    /** Has the broker tell the name server of itself and its topics now. By itself it does so every ten seconds. */
    public void register() {
        try {
            BrokerRegistration.request(brokerPort);
        } catch (IOException e) {
            throw new IllegalStateException("the broker does not answer", e);
        }
    }

    private void awaitRegisteredBroker() throws InterruptedException {
        broker().awaitOutput("The broker[" + files.brokerName(brokerSettings), BOOT_LIMIT);
        for (int tries = 0; !isRegistered(); tries++) {
            if (tries == REGISTRATION_TRIES) {
                throw new IllegalStateException("the name server does not know the broker");
            }
            register();
        }
    }

    private boolean isRegistered() throws InterruptedException {
        return broker().prints(REGISTERED, REGISTRATION_PAUSE)
                || broker().output().contains(REGISTERED_BEFORE_5);
    }

    private ChildProcess launchBoth() {
        var nameServerSettings = nameServerSettings();
        return launch(
                "rocketmq",
                List.of(NAME_SERVER, "-c", nameServerSettings, StopWithParent.NEXT, BROKER, "-c", brokerSettings()),
                BROKER_MEMORY);
    }

    private ChildProcess launchNameServer() {
        return launch("namesrv", List.of(NAME_SERVER, "-c", nameServerSettings()), List.of("-Xmx256m"));
    }

    private ChildProcess launchBroker() {
        return launch("broker", List.of(BROKER, "-c", brokerSettings()), BROKER_MEMORY);
    }

    private String nameServerSettings() {
        nameServerPort = nameServerPort != 0 ? nameServerPort : FreePorts.one();
        return files.nameServerSettings(nameServerPort).toString();
    }

    private String brokerSettings() {
        brokerPort = brokerPort != 0 ? brokerPort : FreePorts.forBroker();
        return files.brokerSettings(brokerPort, nameServerAddress(), brokerSettings)
                .toString();
    }

    private ChildProcess launch(String name, List<String> command, List<String> memory) {
        var options = new ArrayList<>(memory);
        options.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-BytecodeVerificationRemote",
                // Both would create a TLS key pair at every start, which takes seconds.
                "-Dtls.server.mode=" + (tls ? "permissive" : "disabled"),
                "-Dfastjson2.creator=reflect",
                "-Drmq.logback.configurationFile=" + files.logging(),
                "-XX:-UsePerfData",
                // A search through all network interfaces would make the broker late for its registration.
                "-Dio.netty.machineId=00:00:00:00:00:01",
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                // The broker unpacks a native library of 12 MB at every start, and leaves it there when it is killed.
                "-Djava.io.tmpdir=" + files.temporary(),
                "-Duser.home=" + directory));
        return ChildProcess.start(
                name,
                Path.of(System.getProperty("java.home")),
                directory,
                options,
                classPath,
                command,
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

    /** Starts both; throws {@link IllegalStateException} if one of them does not start. */
    private interface Start {
        void run() throws InterruptedException;
    }

    /** Kills both at once, like a crash. */
    public void stop() {
        if (broker != null) {
            broker.kill();
        }
        if (nameServer != null) {
            nameServer.kill();
        }
    }
}
