package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TlsEndpoint;
import dev.rocketgateway.testing.TlsEndpoint.Request;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Http2DeliveryIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final int MESSAGES = 200;

    @Test
    void deliversOverFewConnections(@TempDir Path secrets) throws IOException {
        Files.writeString(secrets.resolve("ca.pem"), TlsEndpoint.CERTIFICATE.authorityPem());
        var topic = BROKER.newTopic();
        try (var endpoint = TlsEndpoint.behaving((self, request) -> self.after(20, request::answer));
                var gateway = GatewayProcess.connectedTo(BROKER)
                        .with("gateway.store.secrets-directory", secrets)
                        .with("gateway.subscriptions.http2.source.topic", topic)
                        .with("gateway.subscriptions.http2.source.start-from.position", "EARLIEST")
                        .with("gateway.subscriptions.http2.endpoint.url", endpoint.url())
                        .with("gateway.subscriptions.http2.endpoint.http2", true)
                        .with("gateway.subscriptions.http2.endpoint.tls.ca-ref", "ca.pem")
                        .with("gateway.subscriptions.http2.delivery.max-in-flight", 64)
                        .start()) {
            IntStream.range(0, MESSAGES).forEach(number -> gateway.publish(topic, "", "m" + number));

            await().atMost(Duration.ofSeconds(40))
                    .until(() -> endpoint.requests().stream()
                                    .map(Request::body)
                                    .distinct()
                                    .count()
                            == MESSAGES);
            assertThat(endpoint.requests()).extracting(Request::version).containsOnly(HttpVersion.HTTP_2);
            // As many as were needed before the first was there, and then one.
            var last = endpoint.requests().subList(MESSAGES - 20, MESSAGES);
            assertThat(last.stream().map(Request::connection).distinct()).hasSize(1);
        }
    }
}
