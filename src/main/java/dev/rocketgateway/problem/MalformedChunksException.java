package dev.rocketgateway.problem;

/** Signals the reader of a request body that the chunks are malformed. The end of the body is then unknown. */
public final class MalformedChunksException extends Exception {

    private final String fault;

    public MalformedChunksException(String fault) {
        super(fault, null, false, false);
        this.fault = fault;
    }

    /**
     * Creates the problem for a body that could not be read to its end.
     *
     * @param broken the failure that the reader of the body got
     */
    public static GatewayException problemOf(Throwable broken) {
        var fault = "The connection closed before the whole body had arrived.";
        for (Throwable cause = broken; cause != null; cause = cause.getCause()) {
            if (cause instanceof MalformedChunksException malformed) {
                fault = malformed.fault;
            }
        }
        return GatewayException.causedBy(broken, ProblemType.MALFORMED_BODY, fault);
    }
}
