package dev.rocketgateway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.TestBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Little heap and many large messages at once: the answer may be 429 or 503, and the process must not run out of memory. */
@Isolated("it loads the machine")
class MemoryBench {

    private static final Logger LOG = Logger.getLogger(MemoryBench.class);

    private static final Path GATEWAY = Path.of(System.getProperty("gateway.package", "target/quarkus-app"));
    private static final int CONNECTIONS = Integer.getInteger("connections", 64);
    private static final int MESSAGE_SIZE = Integer.getInteger("size", 64 * 1024);
    private static final long LOADED_NANOS = TimeUnit.SECONDS.toNanos(Integer.getInteger("measured", 15));

    private final TestBroker broker = TestBroker.shared();

    @ParameterizedTest
    @ValueSource(strings = {"128m", "256m", "1g"})
    void survives(String heap) throws Exception {
        var topic = broker.newTopic();
        var options = List.of("-Xmx" + heap, "-Dgateway.rocketmq.namesrv-addr=" + broker.nameServerAddress());
        try (var service = StartedService.start(GATEWAY, options)) {
            double idle = service.figures().residentMegabytes();
            var answers = load(service, topic);
            LOG.infof(
                    "memory heap=%s ready=%.0fms residentIdle=%.0fMB residentLoaded=%.0fMB answers=%s",
                    heap, service.readyMillis(), idle, service.figures().residentMegabytes(), answers);
            assertThat(service.isAlive()).isTrue();
            assertThat(service.output()).doesNotContain("OutOfMemoryError", "OutOfDirectMemoryError");
            // 504: the broker took longer than the gateway waits, as it does on a busy machine.
            assertThat(answers.keySet()).isSubsetOf(Set.of(200, 429, 503, 504));
        }
    }

    /** How often each status was answered; 0 is none. */
    private static Map<Integer, AtomicInteger> load(StartedService service, String topic) throws InterruptedException {
        var answers = new ConcurrentHashMap<Integer, AtomicInteger>();
        var request = service.post("/topics/" + topic + "/messages", new byte[MESSAGE_SIZE]);
        long end = System.nanoTime() + LOADED_NANOS;
        var callers = Executors.newFixedThreadPool(CONNECTIONS);
        for (int i = 0; i < CONNECTIONS; i++) {
            callers.execute(() -> {
                while (System.nanoTime() < end) {
                    answers.computeIfAbsent(service.status(request), status -> new AtomicInteger())
                            .incrementAndGet();
                }
            });
        }
        callers.shutdown();
        assertThat(callers.awaitTermination(5, TimeUnit.MINUTES)).isTrue();
        return answers;
    }
}
