package dev.rocketgateway.rocketmq.admin;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Reports ready while a name server and a broker answer. Says which of them does not answer, without addresses. */
@Readiness
@ApplicationScoped
class BrokerCheck implements HealthCheck {

    private final BrokerProbe probe;

    BrokerCheck(BrokerProbe probe) {
        this.probe = probe;
    }

    @Override
    public HealthCheckResponse call() {
        var state = probe.state();
        return HealthCheckResponse.named("rocketmq")
                .status(state == BrokerProbe.State.ANSWERING)
                .withData(
                        "reason",
                        switch (state) {
                            case UNKNOWN -> "not asked yet";
                            case ANSWERING -> "a name server and a broker answer";
                            case NO_NAME_SERVER -> "no name server answers";
                            case NO_BROKER -> "no broker answers";
                        })
                .build();
    }
}
