package dev.rocketgateway.webhook.send;

import static dev.rocketgateway.testing.HostileEndpoint.answering;
import static dev.rocketgateway.testing.HostileEndpoint.bomb;
import static dev.rocketgateway.testing.HostileEndpoint.breakingOffAfter;
import static dev.rocketgateway.testing.HostileEndpoint.closing;
import static dev.rocketgateway.testing.HostileEndpoint.deaf;
import static dev.rocketgateway.testing.HostileEndpoint.dripping;
import static dev.rocketgateway.testing.HostileEndpoint.drippingHead;
import static dev.rocketgateway.testing.HostileEndpoint.endless;
import static dev.rocketgateway.testing.HostileEndpoint.refusing;
import static dev.rocketgateway.testing.HostileEndpoint.resetting;
import static dev.rocketgateway.testing.HostileEndpoint.silent;
import static dev.rocketgateway.testing.HostileEndpoint.stallingAfter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.HostileEndpoint;
import dev.rocketgateway.testing.TestCertificate;
import dev.rocketgateway.webhook.TestWebhooks;
import dev.rocketgateway.webhook.WebhookEndpoint;
import dev.rocketgateway.webhook.WebhookSender;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Many exchanges with endpoints of every bad kind leave nothing behind. */
@Isolated("it counts threads and bytes of this JVM")
class WebhookLeakTest {

    private static final Logger LOG = Logger.getLogger(WebhookLeakTest.class);
    private static final int EXCHANGES = Integer.getInteger("exchanges", 2_000);
    private static final int AT_ONCE = 160;
    private static final Duration TIMEOUT = Duration.ofMillis(150);
    private static final long HEAP_BOUND = 4L << 20;

    private final List<HostileEndpoint> endpoints = new ArrayList<>();
    private final Map<String, AtomicInteger> outcomes = new ConcurrentHashMap<>();

    private URI endpoint(HostileEndpoint.Behaviour behaviour) {
        var endpoint = HostileEndpoint.behaving(behaviour);
        endpoints.add(endpoint);
        return endpoint.url();
    }

    private List<URI> urls() {
        var tls = HostileEndpoint.behavingOverTls(answering(200), TestCertificate.expired("ip:127.0.0.1"));
        endpoints.add(tls);
        var plain = endpoint(answering(200, "Retry-After", "1"));
        return List.of(
                plain,
                endpoint(answering(503)),
                endpoint(resetting()),
                endpoint(closing()),
                endpoint(breakingOffAfter("HTTP/1.1 200 OK\r\nA: ", true)),
                endpoint(breakingOffAfter("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", true)),
                endpoint(bomb(200)),
                endpoint(endless(200)),
                endpoint(dripping(200, 10)),
                endpoint(drippingHead(10)),
                endpoint(silent()),
                endpoint(deaf()),
                endpoint(stallingAfter("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")),
                endpoint(stallingAfter("SSH-2.0-x\r\n\r\n")),
                refusing(),
                tls.url(),
                URI.create("https://127.0.0.1:" + plain.getPort() + "/"));
    }

    @Test
    void leavesNoThreadNoConnectionAndNoHeapBehind() throws Exception {
        try (var webhooks = TestWebhooks.usual()) {
            var urls = urls();
            send(webhooks, urls, EXCHANGES / 10);
            awaitNoConnection();
            long heap = usedHeap();
            var threads = clientThreads();

            send(webhooks, urls, EXCHANGES);

            awaitNoConnection();
            assertThat(clientThreads()).hasSizeLessThanOrEqualTo(threads.size());
            long growth = usedHeap() - heap;
            LOG.infof(
                    "leaks exchanges=%d heapGrowth=%dK outcomes=%s", EXCHANGES, growth >> 10, new TreeMap<>(outcomes));
            assertThat(growth).isLessThan(HEAP_BOUND);
            assertThat(outcomes)
                    .containsKeys("2xx", "5xx", "reset", "timeout", "tls", "connect_refused", "protocol")
                    .doesNotContainKeys("other", "aborted");
        } finally {
            endpoints.forEach(HostileEndpoint::close);
        }
    }

    /** Each of several senders has all kinds of endpoint to go to, is used for a while and closed. */
    private void send(TestWebhooks webhooks, List<URI> urls, int exchanges) throws InterruptedException {
        var slots = new Semaphore(AT_ONCE);
        var random = new Random(1);
        for (int sent = 0; sent < exchanges; sent += 100) {
            var senders = urls.stream()
                    .map(url -> webhooks.client.open(WebhookEndpoint.of(url, TIMEOUT)))
                    .toList();
            for (int i = 0; i < 100; i++) {
                slots.acquire();
                senders.get(random.nextInt(senders.size()))
                        .send(TestWebhooks.message("body"))
                        .whenComplete((outcome, never) -> {
                            slots.release();
                            outcomes.computeIfAbsent(outcome.label(), label -> new AtomicInteger())
                                    .incrementAndGet();
                        });
            }
            senders.forEach(WebhookSender::close);
        }
        assertThat(slots.tryAcquire(AT_ONCE, 10, TimeUnit.SECONDS)).isTrue();
    }

    private void awaitNoConnection() {
        // A deaf endpoint does not notice that the client has gone, so it is the client's side that is looked at.
        await().atMost(Duration.ofSeconds(20)).until(() -> openByClient() == 0);
    }

    /** Established connections of this process to one of the endpoints, as the system sees them. */
    private long openByClient() throws IOException {
        var ports = endpoints.stream().map(HostileEndpoint::port).toList();
        var lines = new ArrayList<String>();
        for (var file : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            lines.addAll(Files.readAllLines(Path.of(file)));
        }
        return lines.stream()
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields.length > 3 && fields[3].equals("01"))
                .filter(fields ->
                        ports.contains(Integer.parseInt(fields[2].substring(fields[2].lastIndexOf(':') + 1), 16)))
                .count();
    }

    /** Those that hold a client: of its loops and of its look-ups. A service in the same JVM has others, which come and go. */
    private static List<String> clientThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.matches("vert\\.x-eventloop.*|gateway-dns.*"))
                .sorted()
                .toList();
    }

    private long usedHeap() {
        endpoints.forEach(HostileEndpoint::forgetRequests);
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
