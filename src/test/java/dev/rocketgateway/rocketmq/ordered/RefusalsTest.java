package dev.rocketgateway.rocketmq.ordered;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionException;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.remoting.exception.RemotingConnectException;
import org.junit.jupiter.api.Test;

class RefusalsTest {

    @Test
    void tellsARefusalFromABrokerThatIsAway() {
        var refusal = new MQBrokerException(1, "pop message is forbidden");

        assertThat(Refusals.of(new CompletionException(refusal))).hasValue("code=1 reason=pop message is forbidden");
        assertThat(Refusals.of(refusal)).isPresent();
        assertThat(Refusals.of(new CompletionException(new RemotingConnectException("10.0.0.1"))))
                .isEmpty();
        assertThat(Refusals.of(new IllegalStateException())).isEmpty();
    }
}
