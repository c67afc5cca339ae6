package dev.rocketgateway.devmode;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.rocketmq.RocketMqConfig;
import dev.rocketgateway.rocketmq.client.NameServerList;
import dev.rocketgateway.rocketmq.client.NameServers;
import dev.rocketgateway.subscription.document.SubscriptionsConfig;
import io.quarkus.arc.profile.IfBuildProfile;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Provides the configured name servers or, if none are configured, starts a local RocketMQ on first use.
 *
 * <p>The local RocketMQ keeps running during live reloads; {@link KeptOverReloads} has its address. Like the data of the store, the
 * data of RocketMQ survives restarts, because a stored subscription needs its topic and its position.
 */
@IfBuildProfile("dev")
@ApplicationScoped
class DevNameServers implements NameServers {

    private static final Logger LOG = Logger.getLogger(DevNameServers.class);

    private static final String KEPT = "dev";
    private static final String SCRATCH_PREFIX = "dev-";
    private static final int QUEUES = 4;

    private final RocketMqConfig config;
    private final DevConfig devConfig;
    private final SubscriptionsConfig subscriptions;

    DevNameServers(RocketMqConfig config, DevConfig devConfig, SubscriptionsConfig subscriptions) {
        this.config = config;
        this.devConfig = devConfig;
        this.subscriptions = subscriptions;
    }

    @Override
    public String address() {
        return config.namesrvAddr().map(NameServerList::checked).orElseGet(this::local);
    }

    private String local() {
        var running = KeptOverReloads.NAME_SERVER.get();
        var brokerPid = KeptOverReloads.BROKER_PID.get();
        if (running != null && brokerPid != null && isAlive(Long.parseLong(brokerPid))) {
            return running;
        }
        var rocketMq = new LocalRocketMq(
                Path.of(devConfig.rocketmqDirectory()).resolve("classpath"), directory(), Map.of(), false);
        rocketMq.prepareTopics(topics(), QUEUES);
        start(rocketMq);
        KeptOverReloads.NAME_SERVER.put(rocketMq.nameServerAddress());
        KeptOverReloads.BROKER_PID.put(String.valueOf(rocketMq.broker().pid()));
        return rocketMq.nameServerAddress();
    }

    /**
     * The topics of the configured subscriptions. They are prepared before RocketMQ starts, so that these subscriptions can start
     * immediately. Stored subscriptions are missing, because the store is read later.
     */
    private Set<String> topics() {
        return subscriptions.byName().values().stream()
                .flatMap(subscription -> subscription.source().topic().stream())
                .filter(TopicName::isLegal)
                .collect(Collectors.toSet());
    }

    /**
     * The directory of the data, which survives restarts. While another dev mode uses this directory, a scratch directory instead.
     */
    private Path directory() {
        var home = Path.of(devConfig.rocketmqDirectory());
        removeScratchOfEndedRuns(home);
        var kept = home.resolve(KEPT);
        if (!LocalRocketMq.isInUse(kept)) {
            removeIfPresent(LocalRocketMqFiles.temporary(kept));
            return kept;
        }
        var scratch = home.resolve(SCRATCH_PREFIX + ProcessHandle.current().pid());
        LOG.warnf(
                "another dev mode uses %s; this dev mode stores its data in %s and deletes that data when it ends",
                kept, scratch);
        return scratch;
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
        // The hook also keeps a reference to the processes: without a reference, their input would be closed, and they
        // would end.
        Runtime.getRuntime().addShutdownHook(new Thread(rocketMq::stop, "gateway-stop-local-rocketmq"));
        LOG.infof(
                "local RocketMQ started nameServer=%s broker=%s took=%dms",
                rocketMq.nameServerAddress(), rocketMq.brokerAddress(), (System.nanoTime() - start) / 1_000_000);
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static void removeScratchOfEndedRuns(Path home) {
        if (!Files.isDirectory(home)) {
            return;
        }
        try (var runs = Files.newDirectoryStream(home, SCRATCH_PREFIX + "*")) {
            for (var run : runs) {
                var pid = run.getFileName().toString().substring(SCRATCH_PREFIX.length());
                if (pid.chars().allMatch(Character::isDigit) && !isAlive(Long.parseLong(pid))) {
                    removeIfPresent(run);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void removeIfPresent(Path directory) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
