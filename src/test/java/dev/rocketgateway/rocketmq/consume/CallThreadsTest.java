package dev.rocketgateway.rocketmq.consume;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CallThreadsTest {

    private final List<Integer> sizes = new ArrayList<>();
    private final CallThreads threads = new CallThreads(sizes::add, 4);

    private void begin(int calls) {
        IntStream.range(0, calls).forEach(i -> threads.begin());
    }

    private void end(int calls) {
        IntStream.range(0, calls).forEach(i -> threads.end());
    }

    @Test
    void hasOneThreadMoreThanCallsUpToTheMaximum() {
        begin(5);

        assertThat(sizes).containsExactly(2, 3, 4);
    }

    @Test
    void keepsItsThreadsBetweenCalls() {
        begin(2);
        end(2);
        begin(2);

        assertThat(sizes).containsExactly(2, 3);
    }

    @Test
    void givesUpThreadsThatNoCallNeededForAWholePeriod() {
        begin(3);
        end(3);
        threads.shrink();
        assertThat(sizes).as("the calls of this period needed them").containsExactly(2, 3, 4);

        begin(1);
        end(1);
        threads.shrink();
        assertThat(sizes).containsExactly(2, 3, 4, 2);

        threads.shrink();
        assertThat(sizes).containsExactly(2, 3, 4, 2, 1);
    }

    @Test
    void keepsTheThreadsOfCallsThatRun() {
        begin(3);

        threads.shrink();
        threads.shrink();

        assertThat(sizes).containsExactly(2, 3, 4);
    }

    @Test
    void followsAChangedMaximum() {
        begin(4);

        threads.limit(2);
        assertThat(sizes).endsWith(2);
        threads.limit(8);

        assertThat(sizes).as("and one more, because four run").endsWith(5);
    }
}
