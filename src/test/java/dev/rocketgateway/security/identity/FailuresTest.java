package dev.rocketgateway.security.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailuresTest {

    private final AtomicLong now = new AtomicLong();
    private final Failures failures = new Failures(2, new TimeMeter() {
        @Override
        public long currentTimeNanos() {
            return now.get();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    });

    @Test
    void countsThemByAddressAndMinute() {
        assertThat(failures.count("a")).isTrue();
        assertThat(failures.count("a")).isTrue();
        assertThat(failures.count("a")).isFalse();
        assertThat(failures.count("b")).isTrue();
        now.addAndGet(Duration.ofSeconds(30).toNanos());
        assertThat(failures.count("a")).isTrue();
        assertThat(failures.count("a")).isFalse();
    }
}
