package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.breaker.FairPermits;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The permit for the next message of a {@link DirectDelivery}: it asks for one at a time, and never waits.
 *
 * <pre>
 *           ┌──────────── spend, giveBack ────────────┐
 *           ▼                                         │
 *   NONE ──isTaken──▶ one is free ──────────────────▶ TAKEN
 *           │                                         ▲
 *           └──────▶ ASKED ──▶ one is released ───────┘
 * </pre>
 * Used by one thread at a time, but served by any.
 */
final class NextPermit {

    private enum State {
        NONE,
        ASKED,
        TAKEN
    }

    private final FairPermits places;
    private final Runnable whenServed;
    private final AtomicBoolean served = new AtomicBoolean();
    private State state = State.NONE;

    /**
     * @param whenServed called when a permit was asked for and is there now, on the thread that released it
     */
    NextPermit(FairPermits places, Runnable whenServed) {
        this.places = places;
        this.whenServed = whenServed;
    }

    /** Whether there is a permit; asks for one if not. */
    boolean isTaken() {
        if (state == State.NONE) {
            state = places.takeOr(this::served) ? State.TAKEN : State.ASKED;
        }
        if (state == State.ASKED && served.compareAndSet(true, false)) {
            state = State.TAKEN;
        }
        return state == State.TAKEN;
    }

    private void served() {
        served.set(true);
        whenServed.run();
    }

    /** The webhook that begins now releases the permit when it ends. */
    void spend() {
        state = State.NONE;
    }

    /** Releases the permit, if one was asked for and is there; no message needs it. */
    void giveBack() {
        if (state != State.NONE && isTaken()) {
            state = State.NONE;
            places.release();
        }
    }
}
