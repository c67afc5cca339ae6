package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.breaker.FairPermits;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Takes permits for a {@link DirectDelivery}, one at a time, without waiting.
 *
 * <pre>
 *           ┌──────────── spend, giveBack ────────────┐
 *           ▼                                         │
 *   NONE ──tryTake──▶ one is free ──────────────────▶ TAKEN
 *           │                                         ▲
 *           └──────▶ ASKED ──▶ one is released ───────┘
 * </pre>
 * One thread at a time calls the methods.
 */
final class NextPermit {

    private enum State {
        NONE,
        ASKED,
        TAKEN
    }

    private final FairPermits permits;
    private final Runnable whenServed;
    private final AtomicBoolean served = new AtomicBoolean();
    private State state = State.NONE;

    /**
     * @param whenServed called when a requested permit becomes available, on the thread that released it
     */
    NextPermit(FairPermits permits, Runnable whenServed) {
        this.permits = permits;
        this.whenServed = whenServed;
    }

    /** Returns whether there is a permit. If not, asks for one. */
    boolean tryTake() {
        if (state == State.NONE) {
            state = permits.takeOr(this::served) ? State.TAKEN : State.ASKED;
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

    /** Releases the permit if it is taken and no message needs it. */
    void giveBack() {
        if (state != State.NONE && tryTake()) {
            state = State.NONE;
            permits.release();
        }
    }
}
