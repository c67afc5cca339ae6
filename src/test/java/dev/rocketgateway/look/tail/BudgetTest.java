package dev.rocketgateway.look.tail;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BudgetTest {

    @Test
    void allowsWhatFits() {
        var budget = new Budget(10);
        budget.add(6);

        assertThat(budget.allows(4)).isTrue();
        assertThat(budget.allows(5)).isFalse();
        budget.remove(1);
        assertThat(budget.allows(5)).isTrue();
        assertThat(budget.held()).isEqualTo(5);
    }

    @Test
    void allowsAnythingWhileNothingIsHeld() {
        assertThat(new Budget(10).allows(11)).isTrue();
    }
}
