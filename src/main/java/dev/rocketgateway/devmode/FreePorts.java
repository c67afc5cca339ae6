package dev.rocketgateway.devmode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports that are free now; another process may take such a port before it is used. */
final class FreePorts {

    private static final int LOWEST_FOR_BROKERS = 12_000;
    private static final int HIGHEST_FOR_BROKERS = 32_000;

    private FreePorts() {}

    static int one() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Finds a port for a broker, which also opens {@code listenPort - 2} and {@code listenPort + 1}: these ports are free too. They are
     * below the ports that systems give to outgoing connections (on Linux from 32768), so that no connection takes the port of a
     * broker while the broker is down.
     */
    static int forBroker() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_FOR_BROKERS, HIGHEST_FOR_BROKERS);
            if (isFree(port) && isFree(port - 2) && isFree(port + 1)) {
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
