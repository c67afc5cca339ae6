package dev.rocketgateway.problem.framing;

import dev.rocketgateway.problem.FieldError;
import dev.rocketgateway.problem.check.RequestChecks;
import io.netty.handler.codec.DecoderResult;
import org.jspecify.annotations.Nullable;

/**
 * How far the reading of a request of HTTP/1 is, between {@link RequestGuard} and {@link RequestChecks}: a fault that is found before
 * the request has its turn to be answered refuses it then.
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

    /** Refuses the request in its turn; false if that has come. */
    boolean refuse(FieldError found) {
        if (begun) {
            return false;
        }
        fault = found;
        return true;
    }

    /** The turn of a request has come: gives back the fault for which it is refused, or null. */
    public static @Nullable FieldError begin(DecoderResult result) {
        if (result instanceof RequestReading reading) {
            reading.begun = true;
            return reading.fault;
        }
        return null;
    }

    /** Nobody reads the body yet, so that nobody was told of its fault. */
    public void missed() {
        missed = true;
    }

    /** Whether nobody was told of the fault since the last call. */
    boolean takeMissed() {
        boolean taken = missed;
        missed = false;
        return taken;
    }
}
