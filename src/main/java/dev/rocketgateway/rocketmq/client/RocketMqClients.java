package dev.rocketgateway.rocketmq.client;

import dev.rocketgateway.rocketmq.RocketMqConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.rocketmq.client.AccessChannel;
import org.apache.rocketmq.client.ClientConfig;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragely;
import org.apache.rocketmq.client.impl.ClientRemotingProcessor;
import org.apache.rocketmq.client.impl.MQClientManager;
import org.apache.rocketmq.client.impl.mqclient.MQClientAPIExt;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.topic.TopicValidator;
import org.apache.rocketmq.remoting.RPCHook;
import org.apache.rocketmq.remoting.netty.NettyClientConfig;
import org.apache.rocketmq.remoting.netty.TlsSystemConfig;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.jspecify.annotations.Nullable;

/**
 * Creates the producers and consumers of the client, all with the same connection settings.
 *
 * <p>Clients of one instance name share one set of connections and threads. There are four sets: for publishing, consuming,
 * administration, and looking at messages; and a fifth for consumers with SQL filters. Publishing and consuming are separate so that a flood of one does
 * not delay the other. Administration is separate because the client closes a connection on which a synchronous call timed out, and
 * a probe of a slow broker must not fail messages in flight.
 */
@ApplicationScoped
public class RocketMqClients {

    /**
     * Each started producer has two threads for automatic batches, which the gateway does not use. They wake up twice in this time,
     * and the end of a producer waits until they have. With the default of 10 ms, they were a third of what an idle gateway costs.
     */
    private static final int BATCH_MAX_DELAY_MS = 200;

    private final RocketMqConfig config;
    private final @Nullable RPCHook signing;
    private final String nameServers;
    private final CompressedBodies bodies;
    private final String unique =
            HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());

    RocketMqClients(RocketMqConfig config, NameServers nameServers, CompressedBodies bodies) {
        this.bodies = bodies;
        this.config = config;
        this.signing = CredentialSettings.read(config).map(SigningHook::new).orElse(null);
        this.nameServers = nameServers.address();
        trust(config.tls());
        ConsolidatedFlushes.encrypted(config.tls().enabled());
    }

    /** Sets the client's static fields for trust; by default, the client accepts every certificate. */
    private static void trust(RocketMqConfig.Tls tls) {
        tls.caFile().map(Path::of).filter(file -> !Files.isReadable(file)).ifPresent(file -> {
            throw new ConfigurationException(
                    "gateway.rocketmq.tls.ca-file: the file %s does not exist or cannot be read".formatted(file));
        });
        TlsSystemConfig.tlsTestModeEnable = false;
        TlsSystemConfig.tlsClientAuthServer = tls.verify();
        TlsSystemConfig.tlsClientTrustCertPath = tls.caFile().orElse(null);
    }

    public String nameServers() {
        return nameServers;
    }

    boolean authenticates() {
        return signing != null;
    }

    /** Creates a producer for messages, not started. */
    public DefaultMQProducer newProducer() {
        var producer = new DefaultMQProducer(
                config.producerGroup(),
                signing,
                traces(),
                config.trace().topic().orElse(null));
        configureProducer(producer, "publish");
        producer.setSendMsgTimeout((int) config.sendTimeout().toMillis());
        producer.setRetryTimesWhenSendFailed(config.retries().sync());
        // SendTries does that, on another broker.
        producer.setRetryTimesWhenSendAsyncFailed(0);
        producer.setMaxMessageSize(
                (int) Math.min(Integer.MAX_VALUE, config.maxMessageSize().asLongValue()));
        // The client would compress bodies over 4 KiB. For bodies that are compressed already, this is wasted work, and
        // makes the largest bodies too large for the broker.
        producer.setCompressMsgBodyOverHowmuch(Integer.MAX_VALUE);
        // A second try does not change these answers, so the caller gets them at once instead of after three tries.
        producer.getRetryResponseCodes().remove(ResponseCode.TOPIC_NOT_EXIST);
        producer.getRetryResponseCodes().remove(ResponseCode.NO_PERMISSION);
        useFewThreads(producer);
        return producer;
    }

    /** Creates a client for administrative calls, not started; it never sends a message. */
    public DefaultMQProducer newAdministrator() {
        var producer = new DefaultMQProducer(config.producerGroup(), signing);
        configureProducer(producer, "admin");
        return producer;
    }

    /**
     * Creates a client that reads messages without a consumer, not started. It has its own connections, so that large answers delay
     * no administrative call.
     */
    public DefaultMQProducer newReader() {
        var producer = new DefaultMQProducer(config.producerGroup(), signing);
        configureProducer(producer, "look");
        return producer;
    }

    /**
     * Creates a consumer of the group, not started. A consumer object starts once and never again.
     *
     * @param sql whether the consumer filters by SQL. Such consumers share an instance of their own: the client checks the filters
     *     of all consumers of an instance whenever one of them starts. If a broker stops supporting SQL, no consumer of that
     *     instance can start.
     */
    public DefaultMQPushConsumer newConsumer(String group, boolean sql) {
        var consumer = new DefaultMQPushConsumer(
                group,
                signing,
                new AllocateMessageQueueAveragely(),
                traces(),
                config.trace().topic().orElse(null));
        configure(consumer, "consume");
        // One body that cannot be decompressed would lose later messages too: see CompressedBodies.
        consumer.setDecodeDecompressBody(false);
        ConsumerInternals.onReceipt(bodies, consumer);
        if (sql) {
            consumer.setInstanceName(consumingInstance() + "-sql");
        }
        useFewThreads(consumer);
        return consumer;
    }

    /**
     * Creates a client for the calls of POP, not started. It is no member of a group, sends no heartbeat and knows no name server:
     * each call names the address of its broker. It does not decompress bodies: see {@link CompressedBodies}.
     */
    public MQClientAPIExt newPopApi() {
        var client = new ClientConfig();
        configure(client, "pop");
        client.setDecodeDecompressBody(false);
        var netty = new NettyClientConfig();
        netty.setUseTLS(config.tls().enabled());
        netty.setDisableNettyWorkerGroup(!config.tls().enabled());
        return new MQClientAPIExt(client, netty, new ClientRemotingProcessor(null), signing);
    }

    /** The part of a client id that only consumers of this gateway process have. */
    public String consumingInstance() {
        return instanceName("consume");
    }

    private String instanceName(String purpose) {
        return "gw-" + purpose + "-" + unique;
    }

    private void configureProducer(DefaultMQProducer producer, String purpose) {
        configure(producer, purpose);
        producer.batchMaxDelayMs(BATCH_MAX_DELAY_MS);
    }

    private void configure(ClientConfig client, String purpose) {
        client.setNamesrvAddr(nameServers);
        client.setInstanceName(instanceName(purpose));
        client.setAccessChannel(
                switch (config.accessChannel()) {
                    case LOCAL -> AccessChannel.LOCAL;
                    case CLOUD -> AccessChannel.CLOUD;
                });
        config.namespace().ifPresent(client::setNamespaceV2);
        client.setUseTLS(config.tls().enabled());
    }

    /**
     * Makes the network thread of the client's connections encode requests and decode responses too. By default, other threads do
     * this, so each request and each response wakes one thread more. With TLS, these threads encrypt, so they keep all that work.
     *
     * @param configured a client that is not started, with its final instance name
     */
    private void useFewThreads(ClientConfig configured) {
        if (!config.tls().enabled()) {
            // The client reads this setting when it connects. Clients with the same instance name share these
            // connections.
            MQClientManager.getInstance()
                    .getOrCreateMQClientInstance(configured, signing)
                    .getNettyClientConfig()
                    .setDisableNettyWorkerGroup(true);
        }
    }

    private boolean traces() {
        return config.trace().enabled().orElse(config.accessChannel() == RocketMqConfig.Channel.CLOUD);
    }

    /** Name of the topic whose route lists the brokers that create a topic at the first send. */
    public static String autoCreateTopic() {
        return TopicValidator.AUTO_CREATE_TOPIC_KEY_TOPIC;
    }
}
