package dev.rocketgateway.testing;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A real name server and broker for tests, which can be made to fail. Child processes by default; with
 * {@code -Dbroker=container} the official image through Testcontainers.
 */
public abstract class TestBroker implements AutoCloseable {

    /** Makes the broker's delays a second each, so that retries come quickly. */
    private static final String SHORT_DELAYS = "1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s";

    /** Timer messages cost a broker half of what it takes while it does nothing. */
    private static final Map<String, String> TIMERS = Map.of("timerWheelEnable", "true", "recallMessageEnable", "true");

    private static @Nullable TestBroker shared;

    private static final Duration LISTED_WITHIN = Duration.ofSeconds(30);

    private @Nullable NativeClient witness;
    private @Nullable String markerTopic;
    private final AtomicLong markers = new AtomicLong();

    /** One for all tests that do it no harm; ends with this JVM. */
    public static synchronized TestBroker shared() {
        if (shared == null) {
            shared = start(TIMERS, false);
            Runtime.getRuntime().addShutdownHook(new Thread(shared::stop, "stop-shared-broker"));
        }
        return shared;
    }

    /** One of the test's own, which takes no timer messages and hands out no leases. */
    public static TestBroker start() {
        return start(Map.of(), false);
    }

    /** One of the test's own, which takes timer messages and hands out leases. */
    public static TestBroker startWithTimers() {
        return start(TIMERS, false);
    }

    /** One that hands out leases, but lets no call wait for messages. */
    public static TestBroker startWithoutWaiting() {
        return start(Map.of("timerWheelEnable", "true", "maxPopPollingSize", "0"), false);
    }

    /**
     * One of another version of RocketMQ, whose class path {@code -Pbroker-versions} has written.
     *
     * @param version such as {@code 4.9.7}
     */
    public static TestBroker startVersion(String version) {
        return new ProcessBroker(settings(TIMERS), "classpath-" + version);
    }

    /** One that takes no more than so many bytes at once, for a message or for a batch. */
    public static TestBroker startTaking(int maxMessageSize) {
        return start(Map.of("maxMessageSize", String.valueOf(maxMessageSize)), false);
    }

    /** One that speaks TLS too, with a certificate it has made for itself. */
    public static TestBroker startWithTls() {
        return start(Map.of(), true);
    }

    /** One that knows a single user, who may do everything. */
    public static TestBroker startWithAcl(String accessKey, String secretKey) {
        return start(
                Map.ofEntries(
                        Map.entry("authenticationEnabled", "true"),
                        Map.entry(
                                "authenticationProvider",
                                "org.apache.rocketmq.auth.authentication.provider.DefaultAuthenticationProvider"),
                        Map.entry(
                                "authenticationMetadataProvider",
                                "org.apache.rocketmq.auth.authentication.provider.LocalAuthenticationMetadataProvider"),
                        Map.entry(
                                "initAuthenticationUser",
                                "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(accessKey, secretKey)),
                        Map.entry(
                                "innerClientAuthenticationCredentials",
                                "{\"accessKey\":\"%s\",\"secretKey\":\"%s\"}".formatted(accessKey, secretKey)),
                        Map.entry("authorizationEnabled", "true"),
                        Map.entry(
                                "authorizationProvider",
                                "org.apache.rocketmq.auth.authorization.provider.DefaultAuthorizationProvider"),
                        Map.entry(
                                "authorizationMetadataProvider",
                                "org.apache.rocketmq.auth.authorization.provider.LocalAuthorizationMetadataProvider")),
                false);
    }

    private static TestBroker start(Map<String, String> settings, boolean tls) {
        var all = settings(settings);
        return switch (System.getProperty("broker", "process")) {
            case "process" -> new ProcessBroker(all, tls);
            case "container" -> new ContainerBroker(all);
            default -> throw new IllegalArgumentException("-Dbroker can be process or container");
        };
    }

    private static Map<String, String> settings(Map<String, String> settings) {
        var all = new HashMap<String, String>();
        all.put("timerWheelEnable", "false");
        // At each of these intervals the broker compares 38 MB with what is on the disk.
        all.put("timerFlushIntervalMs", "600000");
        all.put("messageDelayLevel", SHORT_DELAYS);
        // Off, so that a test notices when the gateway creates a topic by sending to it.
        all.put("autoCreateTopicEnable", "false");
        all.put("enableMixedMessageType", "true");
        // By default it refuses as busy what waited for 200 ms, which a slow machine makes of a pause of any process.
        all.put("waitTimeMillsInSendQueue", "60000");
        all.put("osPageCacheBusyTimeOutMills", "60000");
        all.putAll(settings);
        return all;
    }

    /**
     * Starts another broker of the same cluster and settings; its topics are those that are made from now on. The caller closes it.
     *
     * @param name such as {@code broker-b}; the first is {@code broker-a}
     */
    public TestBroker another(String name) {
        return another(name, Map.of());
    }

    /**
     * @param more settings, in addition to or instead of those of this one
     */
    public abstract TestBroker another(String name, Map<String, String> more);

    /** For the gateway and for native clients. */
    public abstract String nameServerAddress();

    /** Where the broker itself listens, for the admin tool. */
    public abstract String address();

    public abstract void killBroker();

    /** Starts the broker again with what it had stored, at the same address. */
    public abstract void restartBroker();

    /** Stops the broker's process where it stands: connections stay open and nothing answers. */
    public abstract void freezeBroker();

    public abstract void thawBroker();

    public abstract void killNameServer();

    public abstract void restartNameServer();

    /** Has the broker tell the name server of itself now, if it can be told to; by itself it does so every ten seconds. */
    public abstract void registerBroker();

    /** Undoes what a test did to the processes, so that the next one of its class can use them. */
    public abstract void repair();

    /** Whether the name server knows the broker. It forgets one when it sees that their connection has ended. */
    public boolean isListed(String brokerName) {
        return witness().brokers().contains(brokerName);
    }

    /** Runs RocketMQ's own admin command line and gives back what it printed. */
    public abstract String admin(String... command);

    /** Stops both processes. */
    protected abstract void stop();

    @Override
    public void close() {
        if (witness != null) {
            witness.close();
        }
        stop();
    }

    /** The RocketMQ client used directly; not for brokers with an ACL. */
    public synchronized NativeClient witness() {
        if (witness == null) {
            witness = new NativeClient(nameServerAddress());
        }
        return witness;
    }

    /** A new topic with a name no other test uses. */
    public String newTopic() {
        var topic = "t-" + UUID.randomUUID();
        witness().createTopic(topic, 4);
        return topic;
    }

    /** A new topic that is declared for one type of message. */
    public String newTopicOfType(String messageType) {
        var topic = "t-" + UUID.randomUUID();
        witness().createTopic(topic, 4, Map.of("message.type", messageType));
        return topic;
    }

    /** Makes a topic on a broker with an ACL. */
    public void createTopicAs(String accessKey, String secretKey, String topic) {
        try (var client = new NativeClient(nameServerAddress(), accessKey, secretKey)) {
            client.createTopic(topic, 4);
        }
    }

    /** Makes a user who may do everything, on a broker with an ACL. */
    public void createUserAs(String accessKey, String secretKey, String user, String password) {
        try (var client = new NativeClient(nameServerAddress(), accessKey, secretKey)) {
            client.createUser(address(), user, password);
        }
    }

    /** Removes a user, whom a broker with an ACL refuses from then on. */
    public void deleteUserAs(String accessKey, String secretKey, String user) {
        try (var client = new NativeClient(nameServerAddress(), accessKey, secretKey)) {
            client.deleteUser(address(), user);
        }
    }

    /** Everything stored in the topic, read by a native consumer, in no particular order. */
    public List<NativeClient.Stored> stored(String topic) {
        return witness().stored(topic);
    }

    /**
     * The same, and surely all that was acknowledged before: a broker lists messages a moment after it has acknowledged them, but in
     * their order, so that one that is listed says that those before it are. What is not in it was not stored.
     */
    public List<NativeClient.Stored> storedByNow(String topic) {
        var marker = markerTopic();
        // Whoever has a later number sends later, so that its marker says the same.
        long number = markers.incrementAndGet();
        witness().send(marker, "marker");
        await().atMost(LISTED_WITHIN).until(() -> count(marker) >= number);
        return stored(topic);
    }

    private synchronized String markerTopic() {
        if (markerTopic == null) {
            // Of one queue, which is quicker to count than four.
            markerTopic = "t-" + UUID.randomUUID();
            witness().createTopic(markerTopic, 1);
        }
        return markerTopic;
    }

    /** How many messages the topic holds, by its offsets. */
    public long count(String topic) {
        return witness().count(topic);
    }
}
