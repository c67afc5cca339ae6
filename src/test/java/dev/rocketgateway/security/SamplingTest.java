package dev.rocketgateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SamplingTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final Sampling sampling = new Sampling(Duration.ofNanos(10), now::get);

    @Test
    void letsOneOfAKindThroughPerWindowAndCountsTheOthers() {
        assertThat(sampling.ask("a")).hasValue(0);
        assertThat(sampling.ask("a")).isEmpty();
        assertThat(sampling.ask("b")).hasValue(0);
        now.addAndGet(9);
        assertThat(sampling.ask("a")).isEmpty();
        now.addAndGet(1);
        assertThat(sampling.ask("a")).hasValue(2);
        assertThat(sampling.ask("a")).isEmpty();
    }
}
