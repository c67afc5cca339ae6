package dev.rocketgateway.devmode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Finds ports that are free now; another process may take such a port before it is used. */
final class FreePorts {

    private FreePorts() {}

    static int one() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Finds a port for a broker, which also opens {@code listenPort - 2} and {@code listenPort + 1}: these ports are free too. */
    static int forBroker() {
        while (true) {
            int port = one();
            if (port > 1026 && port < 65535 && isFree(port - 2) && isFree(port + 1)) {
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
