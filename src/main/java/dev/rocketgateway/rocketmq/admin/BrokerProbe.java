package dev.rocketgateway.rocketmq.admin;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.rocketgateway.rocketmq.RocketMqConfig;
import dev.rocketgateway.rocketmq.client.ControlThreads;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.jboss.logging.Logger;

/**
 * Periodically probes name server and brokers; readiness reads the last result.
 *
 * <p>One thread probes; {@link #state} may be called from any thread.
 */
@ApplicationScoped
public class BrokerProbe {

    private static final Logger LOG = Logger.getLogger(BrokerProbe.class);

    /** The result of the last probe. */
    public enum State {
        /** Not asked yet. */
        UNKNOWN,
        /** A name server and at least one broker answered. */
        ANSWERING,
        /** No name server answered. */
        NO_NAME_SERVER,
        /** A name server answered, but no broker did. */
        NO_BROKER
    }

    private final RocketMqAdmin admin;
    private final RocketMqConfig config;
    private final Executor threads;
    private final BrokerHealth health;
    private final BrokerVersions versions;
    private final ScheduledExecutorService schedule =
            Executors.newSingleThreadScheduledExecutor(new ThreadFactoryBuilder()
                    .setNameFormat("gateway-probe")
                    .setDaemon(true)
                    .build());
    private volatile State state = State.UNKNOWN;

    /** Addresses of the brokers that a name server listed last, by name. Written by the probing thread only. */
    private volatile Map<String, String> lastNamed = Map.of();

    BrokerProbe(
            RocketMqAdmin admin,
            RocketMqConfig config,
            BrokerHealth health,
            BrokerVersions versions,
            ControlThreads threads) {
        this.versions = versions;
        this.health = health;
        this.admin = admin;
        this.config = config;
        this.threads = threads;
    }

    /** Starts probing. */
    public void start() {
        schedule.scheduleWithFixedDelay(this::probe, 0, config.probeInterval().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Stops probing, without waiting for a running probe. */
    public void stop() {
        schedule.shutdownNow();
    }

    public State state() {
        return state;
    }

    /** Addresses of the brokers that a name server listed last. */
    List<String> brokers() {
        return List.copyOf(lastNamed.values());
    }

    private Duration untilTheNextProbeHasEnded() {
        return config.probeInterval().plus(config.probeTimeout().multipliedBy(3));
    }

    private void probe() {
        State found;
        try {
            found = ask();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return;
        } catch (Exception e) {
            LOG.debug("the name server did not answer the probe", e);
            found = State.NO_NAME_SERVER;
        }
        if (found != state) {
            var message = "state of RocketMQ changed state=%s before=%s";
            if (found == State.ANSWERING) {
                LOG.infof(message, found, state);
            } else {
                LOG.warnf(message, found, state);
            }
            state = found;
        }
    }

    private State ask() throws RemotingException, InterruptedException {
        var cluster = admin.cluster();
        if (cluster.isEmpty()) {
            // A managed cluster may hide its brokers from tenants; then its answer is all that can be known.
            return State.ANSWERING;
        }
        var table = cluster.get().getBrokerAddrTable();
        var named = new TreeMap<String, String>();
        if (table != null) {
            table.forEach((name, broker) -> {
                var address = broker.selectBrokerAddr();
                if (address != null) {
                    named.put(name, address);
                }
            });
        }
        if (!named.isEmpty()) {
            lastNamed = named;
        }
        // A name server that has just restarted knows no broker until the brokers register again.
        return anyAnswers(lastNamed) ? State.ANSWERING : State.NO_BROKER;
    }

    /**
     * Whether any broker answers. Asks all brokers in parallel, so that a frozen broker does not delay the answers of the others.
     */
    private boolean anyAnswers(Map<String, String> brokers) throws InterruptedException {
        var yes = new CompletableFuture<Boolean>();
        var all = brokers.entrySet().stream()
                .map(broker ->
                        CompletableFuture.runAsync(() -> askBroker(broker.getKey(), broker.getValue(), yes), threads))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(all).whenComplete((done, failure) -> yes.complete(false));
        try {
            // The client may need longer to connect than the timeout of the call.
            return yes.get(2 * config.probeTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException silent) {
            return false;
        }
    }

    private void askBroker(String name, String address, CompletableFuture<Boolean> yes) {
        long begun = System.nanoTime();
        try {
            versions.ask(name, address);
            health.probed(name, true, begun, untilTheNextProbeHasEnded());
            yes.complete(true);
        } catch (RemotingException silent) {
            health.probed(name, false, begun, untilTheNextProbeHasEnded());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
