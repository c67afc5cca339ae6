package dev.rocketgateway.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlacesTest {

    private final Places places = new Places(3);

    @Test
    void hasFewerPlacesAsSoonAsFewerAreWantedAndThoseTakenAreGivenBack() {
        places.acquireUninterruptibly(3);

        places.change(1);
        places.release(2);
        assertThat(places.tryAcquire()).isFalse();

        places.release();
        assertThat(places.tryAcquire()).isTrue();
        assertThat(places.tryAcquire()).isFalse();
    }

    @Test
    void hasMorePlacesAtOnce() {
        places.acquireUninterruptibly(3);

        places.change(5);

        assertThat(places.tryAcquire(2)).isTrue();
        assertThat(places.tryAcquire()).isFalse();
    }
}
