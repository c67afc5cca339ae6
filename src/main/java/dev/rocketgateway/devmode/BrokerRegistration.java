package dev.rocketgateway.devmode;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Makes a broker register with the name server.
 *
 * <p>When a broker starts, it connects to the name server on one thread and registers on another thread. If it registers before it
 * is connected, the name server does not know the broker for ten seconds. A broker also registers when its permission is set, even
 * to the same value. Any client may set the permission of a broker without access control.
 */
final class BrokerRegistration {

    /** Request code of RocketMQ: {@code RequestCode.UPDATE_BROKER_CONFIG}. */
    private static final int UPDATE_BROKER_CONFIG = 25;

    private static final String READ_AND_WRITE = "brokerPermission=6";
    private static final int ANSWER_LIMIT_MILLIS = 5_000;

    private BrokerRegistration() {}

    /** Makes the broker register. Returns when the broker has tried to do so. */
    static void request(int brokerPort) throws IOException {
        byte[] header = "{\"code\":%d,\"language\":\"OTHER\",\"version\":0,\"opaque\":1,\"flag\":0}"
                .formatted(UPDATE_BROKER_CONFIG)
                .getBytes(StandardCharsets.UTF_8);
        byte[] body = READ_AND_WRITE.getBytes(StandardCharsets.UTF_8);
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), brokerPort)) {
            socket.setSoTimeout(ANSWER_LIMIT_MILLIS);
            // A frame of RocketMQ's remoting protocol: both lengths, the header as JSON, the body.
            var request = new DataOutputStream(socket.getOutputStream());
            request.writeInt(Integer.BYTES + header.length + body.length);
            request.writeInt(header.length);
            request.write(header);
            request.write(body);
            request.flush();
            var answer = new DataInputStream(socket.getInputStream());
            answer.skipNBytes(answer.readInt());
        }
    }
}
