package dev.rocketgateway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.ClassArchive;
import dev.rocketgateway.testing.TestBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

/**
 * Memory under load. With little heap and many large messages at once, the answer may be 429 or 503, and the process must not run out of
 * memory. With small messages, the resident memory is told.
 */
@Isolated("it loads the machine")
class MemoryBench {

    private static final Logger LOG = Logger.getLogger(MemoryBench.class);

    private static final Path GATEWAY = Path.of(System.getProperty("gateway.package", "target/quarkus-app"));
    private static final Path JAVA = Path.of(System.getProperty("gateway.java.home", System.getProperty("java.home")));
    private static final int CONNECTIONS = Integer.getInteger("connections", 64);
    private static final int MESSAGE_SIZE = Integer.getInteger("size", 64 * 1024);
    private static final long LOADED_NANOS = TimeUnit.SECONDS.toNanos(Integer.getInteger("measured", 15));

    /**
     * The JVM starts with a heap of a 64th of the memory: 16 MB in a container of 1 GiB. Without this option, it would take a 64th of
     * the memory of this machine.
     */
    private static final String INITIAL_HEAP = "-Xms16m";

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

    /**
     * Messages of 256 bytes over 64 connections, with the collector that the JVM chooses in a container with less than 1,792 MB, and with
     * what the training run of the image has left. In a container of 1 GiB, the image has a heap of 717 MB.
     */
    @ParameterizedTest
    @ValueSource(strings = {"256m", "717m"})
    void staysSmall(String heap) throws Exception {
        var topic = broker.newTopic();
        var scratch = Files.createTempDirectory(Files.createDirectories(Path.of("target/bench")), "run-")
                .toAbsolutePath();
        var options = new ArrayList<>(ClassArchive.optionsOfTheImage(GATEWAY, JAVA));
        options.addAll(List.of(
                "-Xmx" + heap,
                INITIAL_HEAP,
                "-XX:+UseSerialGC",
                "-Dgateway.rocketmq.namesrv-addr=" + broker.nameServerAddress()));
        options.addAll(GatewayJvm.options());
        try (var service = StartedService.start(GATEWAY, options)) {
            double idle = service.figures().residentMegabytes();
            var requests = Oha.Requests.http1(
                    service.url("/topics/" + topic + "/messages?mode=async"),
                    Files.writeString(scratch.resolve("body"), "x".repeat(256)),
                    64);
            var load = new Oha(scratch)
                    .run(requests, Duration.ofNanos(4 * LOADED_NANOS))
                    .load(1);
            LOG.infof(
                    "memory heap=%s small messages residentIdle=%.0fMB residentLoaded=%.0fMB rate=%.0f/s failed=%d",
                    heap, idle, service.figures().residentMegabytes(), load.perSecond(), load.failed());
            assertThat(load.failed()).isZero();
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
