package dev.rocketgateway.devmode;

import dev.rocketgateway.rocketmq.NameServerList;
import dev.rocketgateway.rocketmq.NameServers;
import dev.rocketgateway.rocketmq.RocketMqConfig;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.SubscriptionStore;
import io.quarkus.arc.profile.IfBuildProfile;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The name servers of the configuration or, where it names none, a local RocketMQ that is started with the first use.
 *
 * <p>It outlives live reloads, which replace every class of ours: what must be found again is kept in system properties.
 */
@IfBuildProfile("dev")
@ApplicationScoped
class DevNameServers implements NameServers {

    private static final Logger LOG = Logger.getLogger(DevNameServers.class);

    private static final String ADDRESS = "gateway.dev.running.address";
    private static final String BROKER_PID = "gateway.dev.running.broker-pid";
    private static final String RUN_PREFIX = "dev-";
    private static final int QUEUES = 4;

    private final RocketMqConfig config;
    private final DevConfig devConfig;
    private final SubscriptionStore subscriptions;

    DevNameServers(RocketMqConfig config, DevConfig devConfig, SubscriptionStore subscriptions) {
        this.config = config;
        this.devConfig = devConfig;
        this.subscriptions = subscriptions;
    }

    @Override
    public String address() {
        return config.namesrvAddr().map(NameServerList::checked).orElseGet(this::local);
    }

    private String local() {
        var running = System.getProperty(ADDRESS);
        if (running != null && isAlive(Long.getLong(BROKER_PID, -1))) {
            return running;
        }
        var home = Path.of(devConfig.rocketmqDirectory());
        removeRunsThatEnded(home);
        var rocketMq = new LocalRocketMq(
                home.resolve("classpath"),
                home.resolve(RUN_PREFIX + ProcessHandle.current().pid()),
                Map.of(),
                false);
        rocketMq.prepareTopics(
                subscriptions.list().stream()
                        .map(Subscription::source)
                        .map(source -> source.topic().value())
                        .collect(Collectors.toSet()),
                QUEUES);
        start(rocketMq);
        System.setProperty(ADDRESS, rocketMq.nameServerAddress());
        System.setProperty(BROKER_PID, String.valueOf(rocketMq.broker().pid()));
        return rocketMq.nameServerAddress();
    }

    private static void start(LocalRocketMq rocketMq) {
        LOG.info("starting a local RocketMQ; set gateway.rocketmq.namesrv-addr to use another");
        long start = System.nanoTime();
        try {
            rocketMq.startTogether();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while RocketMQ was starting", e);
        }
        // The hook also keeps the processes' input open: without a reference it would be closed, and they would end.
        Runtime.getRuntime().addShutdownHook(new Thread(rocketMq::stop, "gateway-stop-local-rocketmq"));
        LOG.infof(
                "local RocketMQ started nameServer=%s broker=%s took=%dms",
                rocketMq.nameServerAddress(), rocketMq.brokerAddress(), (System.nanoTime() - start) / 1_000_000);
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /** What a run killed by force could not remove. */
    private static void removeRunsThatEnded(Path home) {
        if (!Files.isDirectory(home)) {
            return;
        }
        try (var runs = Files.newDirectoryStream(home, RUN_PREFIX + "*")) {
            for (var run : runs) {
                var pid = run.getFileName().toString().substring(RUN_PREFIX.length());
                if (pid.chars().allMatch(Character::isDigit) && !isAlive(Long.parseLong(pid))) {
                    remove(run);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
