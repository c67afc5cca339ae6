import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Receives webhooks and takes only those signed with its secret. Needs a JDK alone: {@code java Receive.java}. */
public class Receive {

    private static final byte[] KEY =
            Base64.getDecoder().decode(System.getenv("WEBHOOK_SECRET").replaceFirst("^whsec_", ""));
    private static final long TOLERANCE_SECONDS = 300;

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8090"));
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                var body = exchange.getRequestBody().readAllBytes();
                if (!isSigned(exchange.getRequestHeaders(), body)) {
                    exchange.sendResponseHeaders(401, -1);
                    return;
                }
                // The webhook-id is the same on every attempt. Answer 204 for an id that was handled before, and do not handle it again.
                System.out.println("received " + exchange.getRequestHeaders().getFirst("webhook-id"));
                exchange.sendResponseHeaders(204, -1);
            }
        });
        server.start();
        System.out.println("listening on port " + server.getAddress().getPort());
    }

    private static boolean isSigned(Headers headers, byte[] body) {
        var timestamp = headers.getFirst("webhook-timestamp");
        var signatures = headers.getFirst("webhook-signature");
        if (timestamp == null
                || signatures == null
                || !timestamp.matches("\\d{1,18}")
                || Math.abs(Instant.now().getEpochSecond() - Long.parseLong(timestamp)) > TOLERANCE_SECONDS) {
            return false;
        }
        // The bytes as they came, not a string: a body need not be UTF-8.
        var expected = "v1," + Base64.getEncoder().encodeToString(hmac(headers.getFirst("webhook-id") + "." + timestamp + ".", body));
        // While a key is replaced there are several signatures.
        for (var given : signatures.split(" ")) {
            if (MessageDigest.isEqual(bytes(expected), bytes(given))) {
                return true;
            }
        }
        return false;
    }

    private static byte[] hmac(String prefix, byte[] body) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
            mac.update(bytes(prefix));
            return mac.doFinal(body);
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
