package dev.rocketgateway.rocketmq.produce;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class OnewayWindowTest {

    private static final int BODY = 1000 - OnewayWindow.OVERHEAD;

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private boolean answers = true;
    private int fences;

    private final OnewayWindow window = new OnewayWindow(
            10_000,
            () -> {
                fences++;
                return answers;
            },
            tasks::add);

    private boolean send() {
        if (!window.tryTake(BODY)) {
            return false;
        }
        window.handedOver(BODY);
        return true;
    }

    @Test
    void refusesWhatDoesNotFit() {
        for (int i = 0; i < 10; i++) {
            assertThat(send()).isTrue();
        }

        assertThat(send()).isFalse();
        assertThat(window.waiting()).isEqualTo(10_000);
    }

    @Test
    void hasRoomAgainOnceAFenceIsAnswered() {
        for (int i = 0; i < 10; i++) {
            send();
        }

        tasks.poll().run();

        assertThat(window.waiting()).isZero();
        assertThat(send()).isTrue();
    }

    @Test
    void fencesOnceAQuarterIsTakenAndOnlyOneAtATime() {
        send();
        send();
        assertThat(tasks).isEmpty();

        send();
        send();
        send();

        assertThat(tasks).hasSize(1);
    }

    @Test
    void staysFullAndAsksAgainWhileTheBrokerIsSilent() {
        answers = false;
        for (int i = 0; i < 10; i++) {
            send();
        }

        tasks.poll().run();

        assertThat(send()).isFalse();
        assertThat(tasks).hasSize(1);
        answers = true;
        tasks.poll().run();
        assertThat(send()).isTrue();
        assertThat(fences).isEqualTo(2);
    }

    @Test
    void doesNotTakeAMessageForSentBeforeItIsHandedOver() {
        for (int i = 0; i < 9; i++) {
            send();
        }
        assertThat(window.tryTake(BODY)).isTrue();

        tasks.poll().run();

        assertThat(window.waiting()).isEqualTo(1000);
    }

    @Test
    void letsAMessageLargerThanTheWindowThroughAlone() {
        assertThat(window.tryTake(50_000)).isTrue();
        assertThat(window.tryTake(1)).isFalse();
    }

    @Test
    void asksNobodyOnceItIsClosed() {
        window.close();
        for (int i = 0; i < 10; i++) {
            send();
        }

        assertThat(tasks).isEmpty();
    }
}
