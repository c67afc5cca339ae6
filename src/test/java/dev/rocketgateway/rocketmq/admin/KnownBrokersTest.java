package dev.rocketgateway.rocketmq.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KnownBrokersTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final KnownBrokers known = new KnownBrokers(Duration.ofNanos(10), now::get);

    @Test
    void aBrokerThatIsNoLongerReportedIsAway() {
        known.seen(Set.of("broker-a", "broker-b"));

        assertThat(known.away(Set.of("broker-a", "broker-c"))).containsExactly("broker-b");
        assertThat(known.away(Set.of())).containsExactly("broker-a", "broker-b");
    }

    @Test
    void aBrokerThatIsBackIsNotAway() {
        known.seen(Set.of("broker-a"));
        known.seen(Set.of());

        assertThat(known.away(Set.of("broker-a"))).isEmpty();
    }

    @Test
    void aBrokerIsForgottenWhenItHasBeenAwayForTooLong() {
        known.seen(Set.of("broker-a"));
        now.addAndGet(8);
        known.seen(Set.of("broker-b"));
        now.addAndGet(3);

        assertThat(known.away(Set.of())).containsExactly("broker-b");
    }
}
