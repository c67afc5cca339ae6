package dev.rocketgateway.problem.framing;

import dev.rocketgateway.problem.FieldError;
import dev.rocketgateway.problem.check.RequestChecks;
import io.netty.handler.codec.DecoderResult;
import org.jspecify.annotations.Nullable;

/**
 * Passes the fault of an HTTP/1 request from {@link RequestGuard} to {@link RequestChecks}. The guard can find the fault before the
 * request's turn, that is, before the earlier requests of the connection have their responses. Then the request is refused when its
 * turn comes.
 *
 * <p>Called on the event loop.
 */
public final class RequestReading extends DecoderResult {

    private @Nullable FieldError fault;
    private boolean begun;
    private boolean missed;

    RequestReading() {
        super(SIGNAL_SUCCESS);
    }

    RequestReading(FieldError fault) {
        this();
        this.fault = fault;
    }

    /** Refuses the request when its turn comes; false if its turn has already come. */
    boolean refuse(FieldError found) {
        if (begun) {
            return false;
        }
        fault = found;
        return true;
    }

    /** Starts the turn of a request; returns the fault for which it is refused, or null. */
    public static @Nullable FieldError begin(DecoderResult result) {
        if (result instanceof RequestReading reading) {
            reading.begun = true;
            return reading.fault;
        }
        return null;
    }

    /** Records that the fault of the body came before the body had a reader, so no reader got the fault. */
    public void missed() {
        missed = true;
    }

    /** Whether {@link #missed} was called since the last call of this method. */
    boolean takeMissed() {
        boolean taken = missed;
        missed = false;
        return taken;
    }
}
