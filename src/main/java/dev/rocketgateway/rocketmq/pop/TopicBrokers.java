package dev.rocketgateway.rocketmq.pop;

import static dev.rocketgateway.rocketmq.admin.AdminErrors.translated;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.message.BoundedThreads;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.rocketmq.admin.TopicLookup;
import dev.rocketgateway.rocketmq.pop.PopClient.Broker;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * Looks up the brokers of topics at the name server, and keeps them for some seconds. While the name server does not answer, the last
 * known brokers stay in use. Thread-safe; never blocks.
 */
@ApplicationScoped
class TopicBrokers {

    private static final Duration FRESH = Duration.ofSeconds(5);
    private static final Duration UNUSED = Duration.ofMinutes(10);
    private static final int MAX_TOPICS = 10_000;

    /** Threads that ask the name server, and requests that wait for one of them. */
    private static final int THREADS = 2;

    private static final int QUEUE = 1_000;

    private final ThreadPoolExecutor threads = BoundedThreads.create("gateway-pop-routes", THREADS, QUEUE);
    private final AsyncLoadingCache<TopicName, List<Broker>> brokers;

    TopicBrokers(TopicLookup topics) {
        brokers = Caffeine.newBuilder()
                .maximumSize(MAX_TOPICS)
                .refreshAfterWrite(FRESH)
                .expireAfterAccess(UNUSED)
                // By default the cache wakes another thread for its upkeep after every 16 reads, and after each write.
                .executor(Runnable::run)
                .buildAsync((topic, caller) -> CompletableFuture.supplyAsync(() -> masters(topics, topic), threads));
    }

    private static List<Broker> masters(TopicLookup topics, TopicName topic) {
        return translated(() -> {
            var masters = new ArrayList<Broker>();
            for (var broker : topics.locate(topic).route().getBrokerDatas()) {
                var address = broker.selectBrokerAddr();
                if (address != null) {
                    masters.add(new Broker(broker.getBrokerName(), address));
                }
            }
            return List.copyOf(masters);
        });
    }

    /** The brokers of the topic. The future fails with {@link SourceUnavailableException} if they cannot be found. */
    CompletableFuture<List<Broker>> of(TopicName topic) {
        try {
            return brokers.get(topic);
        } catch (RuntimeException refused) {
            // All threads and their queue are busy.
            return CompletableFuture.failedFuture(refused);
        }
    }

    @PreDestroy
    void stop() {
        threads.shutdownNow();
    }
}
