package dev.rocketgateway.problem.framing;

import dev.rocketgateway.problem.FieldError;
import dev.rocketgateway.problem.check.RequestChecks;
import io.netty.handler.codec.DecoderResult;
import org.jspecify.annotations.Nullable;

/**
 * Connects {@link RequestGuard} and {@link RequestChecks} for an HTTP/1 request: a fault that is found before the request's turn
 * refuses it when its turn comes.
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

    /** Records that no reader of the body existed yet, so that no reader got its fault. */
    public void missed() {
        missed = true;
    }

    /** Whether no reader got the fault since the last call. */
    boolean takeMissed() {
        boolean taken = missed;
        missed = false;
        return taken;
    }
}
