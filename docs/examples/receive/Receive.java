import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Receives webhooks and takes only those with a signature of ours. Needs com.standardwebhooks:standardwebhooks. */
public class Receive {

    public static void main(String[] arguments) throws Exception {
        var webhook = new Webhook(System.getenv("WEBHOOK_SECRET")); // whsec_…
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8090"));
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/", exchange -> {
            // This library verifies text: for bodies that are not UTF-8 it takes the specification by hand.
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            try {
                webhook.verify(body, exchange.getRequestHeaders());
                // The webhook-id is the same on every attempt: what has been handled already is only answered.
                System.out.println("received " + exchange.getRequestHeaders().getFirst("webhook-id"));
                exchange.sendResponseHeaders(204, -1);
            } catch (WebhookVerificationException e) {
                exchange.sendResponseHeaders(401, -1);
            } finally {
                exchange.close();
            }
        });
        server.start();
        System.out.println("listening on port " + server.getAddress().getPort());
    }
}
