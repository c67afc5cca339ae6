package dev.rocketgateway.rocketmq.ordered;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {

    private final Turns turns = new Turns(2);
    private final List<String> given = new ArrayList<>();
    private final List<Runnable> ends = new ArrayList<>();

    private void ask(String name) {
        turns.ask(end -> {
            given.add(name);
            ends.add(end);
        });
    }

    @Test
    void givesTurnsInTheOrderInWhichTheyWereAskedFor() {
        List.of("a", "b", "c", "d").forEach(this::ask);
        assertThat(given).containsExactly("a", "b");

        ends.get(1).run();
        assertThat(given).containsExactly("a", "b", "c");
        ask("b");
        ends.get(0).run();
        ends.get(2).run();

        assertThat(given).containsExactly("a", "b", "c", "d", "b");
    }

    @Test
    void aTurnEndsOnce() {
        List.of("a", "b", "c", "d").forEach(this::ask);

        ends.get(0).run();
        ends.get(0).run();

        assertThat(given).containsExactly("a", "b", "c");
    }

    @Test
    void moreTurnsAreGivenAtOnceAndFewerLater() {
        List.of("a", "b", "c", "d").forEach(this::ask);
        turns.change(3);
        assertThat(given).containsExactly("a", "b", "c");

        turns.change(1);
        ends.get(0).run();
        ends.get(1).run();
        assertThat(given).hasSize(3);
        ends.get(2).run();

        assertThat(given).containsExactly("a", "b", "c", "d");
    }
}
