package dev.rocketgateway.devmode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs a real name server and a real broker on this machine, as child processes with their data in a given directory. They run in
 * one process, or in two, so that a test can stop one of them.
 *
 * <p>The build writes the class path of RocketMQ to a file. Both programs listen on the loopback address and on free ports, and
 * keep their ports when they are restarted. Not thread-safe.
 */
public final class LocalRocketMq {

    private static final Duration BOOT_LIMIT = Duration.ofSeconds(60);
    private static final int TRIES = 5;
    private static final int REGISTRATION_TRIES = 20;
    private static final Duration REGISTRATION_PAUSE = Duration.ofMillis(50);
    private static final String NAME_SERVER_BOOTED = "The Name Server boot success";
    private static final String REGISTERED_BEFORE_5 = "]to name server";
    private static final String REGISTERED = "Registering current broker to name server completed";

    private final Path directory;
    private final LocalRocketMqFiles files;
    private final LocalRocketMqLauncher launcher;
    private @Nullable ChildProcess nameServer;
    private @Nullable ChildProcess broker;
    private int nameServerPort;
    private int brokerPort;

    /**
     * @param classPathFile one entry per line
     * @param directory directory for all files of name server and broker; created if missing
     * @param brokerSettings additional broker settings, which override the defaults of {@link LocalRocketMqFiles}
     * @param tls whether name server and broker also support TLS, with self-signed certificates
     */
    public LocalRocketMq(Path classPathFile, Path directory, Map<String, String> brokerSettings, boolean tls) {
        this.directory = directory.toAbsolutePath();
        this.files = new LocalRocketMqFiles(this.directory);
        this.launcher = new LocalRocketMqLauncher(classPathFile, this.directory, files, brokerSettings, tls);
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
        return launcher.classPath();
    }

    /** Whether a running broker uses the directory. A broker locks a file in its directory, and the lock ends with the process. */
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

    /** Adds topics that the broker knows from its next start on. */
    public void prepareTopics(Collection<String> topics, int queues) {
        files.addTopics(topics, queues);
    }

    /** Starts name server and broker, each in its own process, and waits until the name server knows the broker. */
    public void start() throws InterruptedException {
        start(() -> {
            // In parallel: the name server is ready long before the broker connects to it.
            launchNameServer();
            launchBroker();
            nameServer().awaitOutput(NAME_SERVER_BOOTED, BOOT_LIMIT);
            awaitRegisteredBroker();
        });
    }

    /** Starts only a broker, for the running name server of another object, and waits until this name server knows the broker. */
    public void join(LocalRocketMq cluster) throws InterruptedException {
        start(() -> {
            nameServerPort = cluster.nameServerPort;
            launchBroker();
            awaitRegisteredBroker();
        });
    }

    /**
     * Starts name server and broker in one process, which takes a second less, and waits until the name server knows the broker.
     */
    public void startTogether() throws InterruptedException {
        start(() -> {
            broker = launcher.both(nameServerPort(), brokerPort());
            nameServer = broker;
            awaitRegisteredBroker();
        });
    }

    private void start(Start start) throws InterruptedException {
        DiskSpace.of(directory).requireRoom(directory);
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
        launchNameServer();
        nameServer().awaitOutput(NAME_SERVER_BOOTED, BOOT_LIMIT);
    }

    /** Starts the broker again, at the same address and with its stored data. */
    public void startBroker() throws InterruptedException {
        launchBroker();
        awaitRegisteredBroker();
    }

    /**
     * Starts the name server and the broker again if they have ended, and makes the broker register itself and its topics with the
     * name server.
     */
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

    /**
     * Makes the broker register itself and its topics with the name server now. Otherwise, the broker does so every ten seconds.
     */
    public void register() {
        try {
            BrokerRegistration.request(brokerPort);
        } catch (IOException e) {
            throw new IllegalStateException("the broker does not answer", e);
        }
    }

    private void awaitRegisteredBroker() throws InterruptedException {
        broker().awaitOutput("The broker[" + launcher.brokerName(), BOOT_LIMIT);
        for (int tries = 0; !isRegistered(); tries++) {
            if (tries == REGISTRATION_TRIES) {
                // A broker with access control refuses the request, and registers by itself after ten seconds.
                broker().awaitOutput(REGISTERED, BOOT_LIMIT);
                return;
            }
            register();
        }
    }

    private boolean isRegistered() throws InterruptedException {
        return broker().prints(REGISTERED, REGISTRATION_PAUSE)
                || broker().output().contains(REGISTERED_BEFORE_5);
    }

    private void launchBroker() {
        broker = launcher.broker(brokerPort(), nameServerAddress());
    }

    private void launchNameServer() {
        nameServer = launcher.nameServer(nameServerPort());
    }

    private int nameServerPort() {
        nameServerPort = nameServerPort != 0 ? nameServerPort : FreePorts.one();
        return nameServerPort;
    }

    private int brokerPort() {
        brokerPort = brokerPort != 0 ? brokerPort : FreePorts.forBroker();
        return brokerPort;
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

    /** A procedure that starts the processes. Throws {@link IllegalStateException} if a process does not start. */
    private interface Start {
        void run() throws InterruptedException;
    }

    /** Kills broker and name server without letting them clean up. */
    public void stop() {
        if (broker != null) {
            broker.kill();
        }
        if (nameServer != null) {
            nameServer.kill();
        }
    }
}
