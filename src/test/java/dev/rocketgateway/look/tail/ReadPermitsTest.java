package dev.rocketgateway.look.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadPermitsTest {

    @Test
    void runsReadsInTheirOrderAndNoMoreThanItsPermitsAtATime() {
        var permits = new ReadPermits(2);
        var run = new ArrayList<Integer>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            permits.acquire(() -> run.add(number));
        }
        assertThat(run).isEqualTo(List.of(0, 1));

        permits.release();
        assertThat(run).isEqualTo(List.of(0, 1, 2));
        for (int i = 0; i < 4; i++) {
            permits.release();
        }
        assertThat(run).isEqualTo(List.of(0, 1, 2, 3, 4));

        permits.acquire(() -> run.add(5));
        permits.acquire(() -> run.add(6));
        permits.acquire(() -> run.add(7));
        assertThat(run).endsWith(5, 6).doesNotContain(7);
    }
}
