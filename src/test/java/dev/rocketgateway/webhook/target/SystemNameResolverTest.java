package dev.rocketgateway.webhook.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.webhook.TestWebhooks;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SystemNameResolverTest {

    private final SystemNameResolver resolver =
            new SystemNameResolver(TestWebhooks.config(Map.of("dns-threads", "1", "dns-timeout", "20s")));

    @AfterEach
    void close() {
        resolver.close();
    }

    @Test
    void asksTheHost() {
        assertThat(resolver.resolve("localhost").join()).allMatch(InetAddress::isLoopbackAddress);
    }

    @Test
    void failsForAnUnknownName() {
        for (int time = 0; time < 2; time++) {
            assertThatThrownBy(
                            () -> resolver.resolve("name..with.an.empty.label").join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(UnknownHostException.class);
        }
    }

    @Test
    void failsAfterItsEnd() {
        resolver.close();

        assertThatThrownBy(() -> resolver.resolve("localhost").join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(RejectedExecutionException.class);
    }
}
