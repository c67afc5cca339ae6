package dev.rocketgateway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.opentest4j.TestAbortedException;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/**
 * Name server and broker as containers of the official image.
 *
 * <p>The broker tells clients its own address, so its port must be the same inside and outside; the ports are fixed to ones
 * that were free a moment ago.
 */
final class ContainerBroker extends TestBroker {

    private static final DockerImageName IMAGE = DockerImageName.parse("apache/rocketmq:5.5.0");
    private static final int NAME_SERVER_PORT = 9876;
    private static final String CONFIGURATION = "/tmp/broker.conf";

    private final Network network = Network.newNetwork();
    private final Fixed nameServer;
    private final Fixed broker;
    private final String address;

    /** A container whose host ports survive a restart. */
    private static final class Fixed extends GenericContainer<Fixed> {

        Fixed() {
            super(IMAGE);
        }

        Fixed withFixedPort(int host, int container) {
            addFixedExposedPort(host, container);
            return this;
        }
    }

    ContainerBroker(Map<String, String> settings) {
        int port = freePort();
        nameServer = new Fixed()
                .withFixedPort(freePort(), NAME_SERVER_PORT)
                .withNetwork(network)
                .withNetworkAliases("namesrv")
                .withCommand("sh", "mqnamesrv")
                .waitingFor(Wait.forLogMessage(".*boot success.*", 1).withStartupTimeout(Duration.ofMinutes(2)));
        var all = new TreeMap<>(settings);
        all.put("listenPort", String.valueOf(port));
        var host = DockerClientFactory.instance().dockerHostIpAddress();
        address = host + ":" + port;
        all.put("brokerIP1", host);
        all.put("namesrvAddr", "namesrv:" + NAME_SERVER_PORT);
        all.put("brokerName", "broker-a");
        all.put("brokerClusterName", "local");
        all.put("enablePropertyFilter", "true");
        all.put("authConfigPath", "/tmp/auth");
        var configuration = all.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining("\n"));
        broker = new Fixed()
                .withFixedPort(port, port)
                .withNetwork(network)
                .withCopyToContainer(Transferable.of(configuration), CONFIGURATION)
                .withCommand("sh", "mqbroker", "-c", CONFIGURATION)
                .waitingFor(Wait.forLogMessage(".*boot success.*", 1).withStartupTimeout(Duration.ofMinutes(2)));
        nameServer.start();
        broker.start();
    }

    @Override
    public TestBroker another(String name, Map<String, String> more) {
        throw new TestAbortedException("clusters of several brokers are tested with -Dbroker=process");
    }

    @Override
    public String nameServerAddress() {
        return nameServer.getHost() + ":" + nameServer.getMappedPort(NAME_SERVER_PORT);
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public void killBroker() {
        kill(broker);
    }

    @Override
    public void restartBroker() {
        restart(broker);
    }

    @Override
    public void freezeBroker() {
        broker.getDockerClient().pauseContainerCmd(broker.getContainerId()).exec();
    }

    @Override
    public void thawBroker() {
        broker.getDockerClient().unpauseContainerCmd(broker.getContainerId()).exec();
    }

    @Override
    public void killNameServer() {
        kill(nameServer);
    }

    @Override
    public void restartNameServer() {
        restart(nameServer);
    }

    /** Brokers in containers tell of themselves in their own time. */
    @Override
    public void registerBroker() {}

    @Override
    public void repair() {
        if (!isRunning(nameServer)) {
            restartNameServer();
        }
        if (!isRunning(broker)) {
            restartBroker();
        } else if (Boolean.TRUE.equals(
                broker.getCurrentContainerInfo().getState().getPaused())) {
            thawBroker();
        }
    }

    private static boolean isRunning(Fixed container) {
        return Boolean.TRUE.equals(
                container.getCurrentContainerInfo().getState().getRunning());
    }

    @Override
    public String admin(String... command) {
        try {
            var line = "sh mqadmin " + String.join(" ", Arrays.asList(command)) + " -n namesrv:" + NAME_SERVER_PORT;
            return broker.execInContainer("sh", "-c", line).getStdout();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected void stop() {
        broker.stop();
        nameServer.stop();
        network.close();
    }

    private static void kill(Fixed container) {
        container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
    }

    private static void restart(Fixed container) {
        container
                .getDockerClient()
                .startContainerCmd(container.getContainerId())
                .exec();
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
