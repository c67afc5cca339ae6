package dev.rocketgateway.subscription.file;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.file.SubscriptionFile.FaultyFileException;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of the directory {@code gateway.subscriptions-directory}.
 *
 * <pre>
 *   the file            | the subscription
 *   --------------------|---------------------------------------------------------------
 *   is new              | runs
 *   has changed         | changes in the same way as by a request to the API
 *   cannot be read now,
 *   or is not valid     | stays as it was; an ERROR in the log, and in {@link #faults}
 *   is gone             | stops; its consumer group keeps its position
 * </pre>
 * A thread looks at the files every two seconds. Any thread may read the lists of subscriptions and faults.
 */
@Singleton
public class SubscriptionFiles {

    private static final Logger LOG = Logger.getLogger("dev.rocketgateway.subscription");

    private static final long LOOK_EVERY_SECONDS = 2;
    private static final String SETTING = "gateway.subscriptions-directory";

    private final @Nullable Path directory;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(new ThreadFactoryBuilder()
                    .setNameFormat("gateway-subscription-files")
                    .setDaemon(true)
                    .build());

    /** What is known of each file, by its name; only the thread that looks uses it. */
    private final Map<String, WatchedSubscription> files = new TreeMap<>();

    private boolean unreadable;

    /** Whether the name or the group of a subscription is taken by the configuration. */
    private Predicate<Subscription> taken = subscription -> false;

    private volatile List<Subscription> subscriptions = List.of();
    private volatile List<Fault> faults = List.of();

    /**
     * A file without a valid subscription.
     *
     * @param file name of the file
     * @param fault what is wrong, and where
     */
    public record Fault(String file, String fault) {}

    @Inject
    SubscriptionFiles(SubscriptionFilesConfig config) {
        this(config.subscriptionsDirectory());
    }

    /** Reads the files of a directory; without a directory, there are no files. */
    public SubscriptionFiles(Optional<Path> directory) {
        this.directory = directory.orElse(null);
    }

    /**
     * Reads the files for the first time, and begins to look for changes.
     *
     * @param taken whether the configuration has the name or the group of a subscription
     * @throws ConfigurationException if there is no such directory
     */
    public void start(Predicate<Subscription> taken) {
        if (directory == null) {
            return;
        }
        if (!Files.isDirectory(directory)) {
            throw new ConfigurationException(
                    "`%s` cannot be `%s`: the directory does not exist.".formatted(SETTING, directory));
        }
        this.taken = taken;
        look();
        thread.scheduleWithFixedDelay(this::lookSafely, LOOK_EVERY_SECONDS, LOOK_EVERY_SECONDS, TimeUnit.SECONDS);
    }

    /** The subscriptions of the files, sorted by name. The list is the same object as long as no file changes. */
    public List<Subscription> subscriptions() {
        return subscriptions;
    }

    /** The files without a valid subscription, sorted by name. */
    public List<Fault> faults() {
        return faults;
    }

    /** Registers a listener for changes of {@link #subscriptions}. It runs on the thread that looks at the files. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    private void lookSafely() {
        try {
            look();
        } catch (RuntimeException bug) {
            LOG.error("looking at the files of subscriptions failed because of a bug in the gateway", bug);
        }
    }

    /** Looks at all files once. Only tests call it from outside. */
    void look() {
        List<String> names;
        try (var entries = Files.list(directory)) {
            names = entries.map(entry -> entry.getFileName().toString())
                    .filter(SubscriptionFile::isNamed)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            if (!unreadable) {
                LOG.errorf(
                        "the directory of subscriptions cannot be read, all of them stay as they were directory=%s",
                        directory);
            }
            unreadable = true;
            return;
        }
        unreadable = false;
        forget(names);
        for (var name : names) {
            files.computeIfAbsent(name, added -> new WatchedSubscription(directory.resolve(added)))
                    .read(read -> checkTaken(name, read));
        }
        publish();
    }

    /** Forgets files that are gone. */
    private void forget(List<String> names) {
        files.entrySet().removeIf(entry -> entry.getValue().isForgotten(!names.contains(entry.getKey())));
    }

    private void checkTaken(String name, Subscription read) throws FaultyFileException {
        if (taken.test(read)) {
            throw new FaultyFileException(
                    "the configuration has a subscription with this name or consumer group; remove one of them");
        }
        Map<ConsumerGroup, String> groups = new HashMap<>();
        Map<String, String> names = new HashMap<>();
        files.forEach((file, other) -> {
            if (!file.equals(name)) {
                other.subscription().ifPresent(known -> {
                    groups.put(known.source().consumerGroup(), file);
                    names.put(known.name(), file);
                });
            }
        });
        var sameName = names.get(read.name());
        if (sameName != null) {
            throw new FaultyFileException(
                    "file %s has a subscription with this name; remove one of them".formatted(sameName));
        }
        var sameGroup = groups.get(read.source().consumerGroup());
        if (sameGroup != null) {
            throw new FaultyFileException(
                    "source.consumerGroup: is also the group of file %s; give each subscription its own group"
                            .formatted(sameGroup));
        }
    }

    private void publish() {
        var all = new ArrayList<Subscription>();
        var wrong = new ArrayList<Fault>();
        files.forEach((file, known) -> {
            known.subscription().ifPresent(all::add);
            known.fault().ifPresent(fault -> wrong.add(new Fault(file, fault)));
        });
        all.sort(Comparator.comparing(Subscription::name));
        faults = List.copyOf(wrong);
        if (!all.equals(subscriptions)) {
            subscriptions = List.copyOf(all);
            listeners.forEach(Runnable::run);
        }
    }

    @PreDestroy
    void stop() {
        thread.shutdownNow();
    }
}
