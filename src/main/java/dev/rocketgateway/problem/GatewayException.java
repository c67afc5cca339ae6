package dev.rocketgateway.problem;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Says that the gateway cannot serve a request. It becomes a problem document of its {@link ProblemType}.
 *
 * <p>The detail is written for the caller. It never contains class names, addresses or other internals. These belong into the
 * cause, which is logged and not sent.
 */
public final class GatewayException extends RuntimeException {

    private static final String CHALLENGE = "Bearer realm=\"rocketmq-http-gateway\"";

    private final ProblemType type;
    private final List<FieldError> errors;
    private final @Nullable Integer brokerCode;
    private final boolean outcomeUnknown;
    private final boolean stored;
    private final @Nullable Duration retryAfter;

    private GatewayException(
            ProblemType type,
            String detail,
            List<FieldError> errors,
            @Nullable Integer brokerCode,
            boolean outcomeUnknown,
            boolean stored,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        super(detail, cause);
        this.type = type;
        this.errors = List.copyOf(errors);
        this.brokerCode = brokerCode;
        this.outcomeUnknown = outcomeUnknown;
        this.stored = stored;
        this.retryAfter = retryAfter;
    }

    public static GatewayException of(ProblemType type, String detail) {
        return new GatewayException(type, detail, List.of(), null, false, false, null, null);
    }

    public static GatewayException causedBy(Throwable cause, ProblemType type, String detail) {
        return new GatewayException(type, detail, List.of(), null, false, false, null, cause);
    }

    /**
     * Creates a problem with the type {@code invalid-request} and the given faults.
     *
     * @param errors at least one
     */
    public static GatewayException invalid(List<FieldError> errors) {
        return invalid(ProblemType.INVALID_REQUEST, errors);
    }

    /** Creates a problem with the type {@code invalid-request} and one fault. */
    public static GatewayException invalid(String field, String fault) {
        return invalid(List.of(new FieldError(field, fault)));
    }

    /**
     * Creates a problem with the given type and faults. Its detail is the first fault, and the number of the other faults.
     *
     * @param errors at least one
     */
    public static GatewayException invalid(ProblemType type, List<FieldError> errors) {
        var first = errors.get(0);
        var detail = first.field() + ": " + first.message()
                + (errors.size() == 1 ? "" : " (and %d more)".formatted(errors.size() - 1));
        return new GatewayException(type, detail, errors, null, false, false, null, null);
    }

    /** A copy of this problem with RocketMQ's code for the reason ({@code ResponseCode}, {@code ClientErrorCode}). */
    public GatewayException withBrokerCode(int code) {
        return new GatewayException(type, detail(), errors, code, outcomeUnknown, stored, retryAfter, getCause());
    }

    /** A copy of this problem with {@code "outcome":"unknown"}: the message may have been stored. */
    public GatewayException withUnknownOutcome() {
        return new GatewayException(type, detail(), errors, brokerCode, true, stored, retryAfter, getCause());
    }

    /** A copy of this problem with {@code "stored":true}: the message was stored despite the failure. */
    public GatewayException withStored() {
        return new GatewayException(type, detail(), errors, brokerCode, outcomeUnknown, true, retryAfter, getCause());
    }

    /** A copy of this problem with a {@code Retry-After}: the caller should wait that long before it tries again. */
    public GatewayException withRetryAfter(Duration wait) {
        return new GatewayException(type, detail(), errors, brokerCode, outcomeUnknown, stored, wait, getCause());
    }

    public ProblemType type() {
        return type;
    }

    /** RocketMQ's own code for the reason, if it gave one. */
    public @Nullable Integer brokerCode() {
        return brokerCode;
    }

    /** Whether the message may have been stored. */
    public boolean isOutcomeUnknown() {
        return outcomeUnknown;
    }

    /** Whether the message was stored despite the failure. */
    public boolean isStored() {
        return stored;
    }

    /** Seconds the caller should wait before it tries again, at least 1; empty if waiting does not help. */
    public OptionalLong retryAfter() {
        if (retryAfter != null) {
            return OptionalLong.of(Math.max(1, retryAfter.plusNanos(999_999_999).toSeconds()));
        }
        return type.status() == 429 || type.status() == 503 ? OptionalLong.of(1) : OptionalLong.empty();
    }

    /** The value of {@code WWW-Authenticate} (RFC 6750, section 3), if credentials are missing or wrong. */
    public Optional<String> challenge() {
        return switch (type) {
            case CREDENTIALS_MISSING -> Optional.of(CHALLENGE);
            case CREDENTIALS_INVALID -> Optional.of(CHALLENGE + ", error=\"invalid_token\"");
            default -> Optional.empty();
        };
    }

    /** What went wrong this time, for the caller. */
    public String detail() {
        return Objects.requireNonNull(getMessage());
    }

    /** All faults of the request; empty if the request is not the cause. */
    public List<FieldError> errors() {
        return errors;
    }

    /** The problem document for a request. */
    public Problem toProblem(String instance, String requestId) {
        return new Problem(
                type.uri(),
                type.title(),
                type.status(),
                detail(),
                instance,
                type.code(),
                type.retryable(),
                brokerCode,
                outcomeUnknown ? "unknown" : null,
                stored ? Boolean.TRUE : null,
                errors.isEmpty() ? null : errors,
                requestId);
    }
}
