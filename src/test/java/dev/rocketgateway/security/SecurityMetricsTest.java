package dev.rocketgateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class SecurityMetricsTest {

    @Test
    void countsEveryRefusalAlthoughTheLogIsSampled() {
        var meters = new SimpleMeterRegistry();
        var audit = new AuditLog();
        new SecurityMetrics(meters, audit);

        audit.unauthenticated();
        for (int i = 0; i < 2; i++) {
            audit.refused("192.0.2.1", "this API key is not known");
        }
        for (int i = 0; i < 3; i++) {
            audit.denied(Principal.ANONYMOUS, Permission.PUBLISH, "orders");
        }

        assertThat(count(meters, "missing")).isEqualTo(1);
        assertThat(count(meters, "invalid")).isEqualTo(2);
        assertThat(count(meters, "denied")).isEqualTo(3);
    }

    private static double count(SimpleMeterRegistry meters, String reason) {
        return meters.get("gateway.auth.failures")
                .tags("reason", reason)
                .functionCounter()
                .count();
    }
}
