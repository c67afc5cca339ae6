package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.Command;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.Worker;
import dev.rocketgateway.testing.Worker.Message;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Many messages, many workers that crash, and many callers that wait. */
@Isolated
class ReceiveSoakIT {

    private static final Logger LOG = Logger.getLogger(ReceiveSoakIT.class);

    private static final int MESSAGES = Integer.getInteger("pulled", 100_000);
    private static final int WORKERS = 8;
    private static final int WAITERS = 2_000;

    /** One of so many batches ends with a crash of its worker. */
    private static final int BATCHES_PER_CRASH = 200;

    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir
    private static Path scratch;

    private static TestBroker broker;
    private static GatewayProcess gateway;

    @BeforeAll
    static void start() {
        broker = TestBroker.startWithTimers();
        gateway = GatewayProcess.connectedTo(broker).withJvmOption("-Xmx256m").start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        broker.close();
    }

    private static String subscribe(String topic, String name) {
        var subscriptions = new Subscriptions(gateway);
        Subscriptions.json(
                subscriptions.post(
                        "/subscriptions",
                        "{\"name\":\"%s\",\"source\":{\"topic\":\"%s\"},\"pull\":{\"visibility\":\"10s\"},\"retry\":{\"maxAttempts\":100}}"
                                .formatted(name, topic)),
                201);
        subscriptions.awaitPhase(name, "RUNNING");
        return name;
    }

    /** What the workers did, by the bodies of messages. */
    private static final class Books {

        private final Map<String, AtomicInteger> processed = new ConcurrentHashMap<>();
        private final Map<String, Instant> acknowledged = new ConcurrentHashMap<>();
        private final Set<String> afterTheirAcknowledgment = ConcurrentHashMap.newKeySet();
        private final AtomicInteger crashes = new AtomicInteger();
        private final AtomicInteger lateReceipts = new AtomicInteger();

        void process(Message message, Instant asked) {
            processed
                    .computeIfAbsent(message.body(), body -> new AtomicInteger())
                    .incrementAndGet();
            var end = acknowledged.get(message.body());
            if (end != null && end.isBefore(asked)) {
                afterTheirAcknowledgment.add(message.body());
            }
        }
    }

    @Test
    void workersThatCrashLoseNothingAndGetNothingAfterItsAcknowledgment() throws InterruptedException {
        var topic = broker.newTopic();
        var name = subscribe(topic, "soak");
        var books = new Books();
        var begun = Instant.now();
        var threads = Executors.newFixedThreadPool(WORKERS + 1);
        threads.execute(() -> publish(topic));
        var workers = IntStream.range(0, WORKERS)
                .mapToObj(i -> CompletableFuture.runAsync(() -> work(name, new Random(i), books), threads))
                .toArray(CompletableFuture<?>[]::new);

        await().atMost(Duration.ofMinutes(10)).until(() -> {
            failures(workers);
            return books.acknowledged.size() == MESSAGES;
        });
        var took = Duration.between(begun, Instant.now());
        CompletableFuture.allOf(workers).join();
        threads.shutdown();

        int times =
                books.processed.values().stream().mapToInt(AtomicInteger::get).sum();
        LOG.infof(
                "pulled messages=%d workers=%d perSecond=%d crashes=%d duplicates=%d lateReceipts=%d afterAcknowledgment=%d",
                MESSAGES,
                WORKERS,
                MESSAGES * 1000L / Math.max(1, took.toMillis()),
                books.crashes.get(),
                times - MESSAGES,
                books.lateReceipts.get(),
                books.afterTheirAcknowledgment.size());
        assertThat(books.crashes.get()).isPositive();
        assertThat(books.processed).hasSize(MESSAGES);
        assertThat(books.afterTheirAcknowledgment).isEmpty();
    }

    /** Throws what a worker has thrown. */
    private static void failures(CompletableFuture<?>[] workers) {
        Stream.of(workers).filter(CompletableFuture::isCompletedExceptionally).forEach(CompletableFuture::join);
    }

    private static void publish(String topic) {
        for (int batch = 0; batch < MESSAGES; batch += 1_000) {
            int first = batch;
            var lines = IntStream.range(first, Math.min(MESSAGES, first + 1_000))
                    .mapToObj(i -> "message " + i)
                    .collect(Collectors.joining("\n"));
            var answer = gateway.publishBatch(topic, "", "application/x-ndjson", lines);
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(answer.body());
            }
        }
    }

    /** Receives, processes and acknowledges, and now and then dies in between, as a process that is killed. */
    private static void work(String name, Random random, Books books) {
        var worker = new Worker(gateway, name);
        while (books.acknowledged.size() < MESSAGES) {
            var asked = Instant.now();
            var messages = worker.receive("?max=32&wait=5s");
            boolean crash = random.nextInt(BATCHES_PER_CRASH) == 0;
            int alive = crash ? random.nextInt(messages.size() + 1) : messages.size();
            var done = messages.subList(0, alive);
            done.forEach(message -> books.process(message, asked));
            if (crash) {
                books.crashes.incrementAndGet();
            } else if (!done.isEmpty()) {
                acknowledge(worker, done, books);
            }
        }
    }

    private static void acknowledge(Worker worker, List<Message> done, Books books) {
        var answer = worker.acknowledge(done.stream().map(Message::receipt).toArray(String[]::new));
        var results = Subscriptions.json(answer, answer.statusCode()).path("results");
        for (int i = 0; i < done.size(); i++) {
            if (results.path(i).path("status").intValue() == 200) {
                books.acknowledged.put(done.get(i).body(), Instant.now());
            } else {
                books.lateReceipts.incrementAndGet();
            }
        }
    }

    @Test
    void waitingCallersCostNoThreadAndLittleMemory() throws IOException {
        var topic = broker.newTopic();
        var name = subscribe(topic, "waiters");
        new Worker(gateway, name).receive("?wait=1s");
        int threads = threads();
        long before = usedHeap();
        var sockets = new ArrayList<Socket>();
        try {
            for (int i = 0; i < WAITERS; i++) {
                sockets.add(waiting(name));
            }
            await().atMost(LONG).until(() -> meter("gateway_receive_waiting", name) == WAITERS);

            long each = (usedHeap() - before) / WAITERS;
            LOG.infof("waiters=%d bytesEach=%d threadsMore=%d", WAITERS, each, threads() - threads);
            assertThat(each).isLessThan(20 * 1024);
            assertThat(threads()).isLessThan(threads + 20);
        } finally {
            for (var socket : sockets) {
                socket.close();
            }
        }
        await().atMost(LONG).until(() -> meter("gateway_receive_waiting", name) == 0);
    }

    private static Socket waiting(String name) throws IOException {
        var socket = new Socket(gateway.root().getHost(), gateway.root().getPort());
        socket.getOutputStream()
                .write(
                        "POST /subscriptions/%s/messages:receive?wait=20s HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
                                .formatted(name)
                                .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static int threads() throws IOException {
        try (var tasks = Files.list(Path.of("/proc/" + gateway.process().pid() + "/task"))) {
            return (int) tasks.count();
        }
    }

    /** After a full collection. */
    private static long usedHeap() {
        Command.run(
                scratch,
                Map.of(),
                Duration.ofMinutes(1),
                System.getProperty("java.home") + "/bin/jcmd",
                String.valueOf(gateway.process().pid()),
                "GC.run");
        return (long) meters("jvm_memory_used_bytes{area=\"heap\"");
    }

    private static double meter(String meter, String name) {
        return gateway.get("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(meter) && line.contains("\"" + name + "\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static double meters(String start) {
        return gateway.get("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(start))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /** Prints how long a message takes to a worker that waits, and to an endpoint. */
    @Test
    void aWaitingWorkerGetsEachMessage() {
        try (var endpoint = TestEndpoint.answering(200)) {
            var topic = broker.newTopic();
            var pulled = subscribe(topic, "latency");
            new Subscriptions(gateway).create("latency-hook", topic, endpoint.url(), "");
            var worker = new Worker(gateway, pulled);
            List<Long> pull = new ArrayList<>();
            List<Long> push = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                var waiting = CompletableFuture.supplyAsync(() -> {
                    var message = worker.receiveOne("");
                    long at = System.nanoTime();
                    worker.acknowledge(message.receipt());
                    return at;
                });
                await().until(() -> meter("gateway_receive_waiting", pulled) == 1);
                int webhooks = endpoint.count();
                long published = System.nanoTime();
                gateway.publish(topic, "", "message " + i);
                while (endpoint.count() == webhooks) {
                    Thread.onSpinWait();
                }
                push.add(System.nanoTime() - published);
                pull.add(waiting.join() - published);
            }
            pull.sort(Long::compare);
            push.sort(Long::compare);
            LOG.infof("latency pullP50=%dms webhookP50=%dms", pull.get(30) / 1_000_000, push.get(30) / 1_000_000);
            assertThat(pull).hasSize(push.size());
        }
    }
}
