package dev.rocketgateway.subscription.history;

import java.util.List;
import java.util.regex.Pattern;

/** Parses and applies the filter of attempts by outcome. */
public final class AttemptOutcome {

    public static final String SUCCESS = "success";
    public static final String FAILURE = "failure";

    /** The labels of outcomes of webhooks and of leases. */
    static final List<String> LABELS = List.of(
            "1xx",
            "2xx",
            "4xx",
            "5xx",
            "redirect_not_followed",
            "dns",
            "connect_refused",
            "connect_timeout",
            "tls",
            "reset",
            "timeout",
            "protocol",
            "aborted",
            "other",
            "target_denied",
            "secret_missing",
            "token_unavailable",
            "unrepresentable",
            "acknowledged",
            "released",
            "expired");

    private static final Pattern STATUS = Pattern.compile("[1-9]\\d\\d");

    private AttemptOutcome() {}

    /**
     * Checks the outcome in a filter of attempts.
     *
     * @return {@code text}, if it is a valid outcome
     * @throws IllegalArgumentException naming the allowed values
     */
    public static String parse(String text) {
        if (!text.equals(SUCCESS) && !text.equals(FAILURE) && !isStatus(text) && !LABELS.contains(text)) {
            throw new IllegalArgumentException("is '%s'; it must be %s, %s, a status such as 500, or one of %s"
                    .formatted(text, SUCCESS, FAILURE, String.join(", ", LABELS)));
        }
        return text;
    }

    public static boolean isStatus(String text) {
        return STATUS.matcher(text).matches();
    }

    /** Whether the attempt has this outcome. */
    public static boolean matches(String outcome, Attempt attempt) {
        return switch (outcome) {
            case SUCCESS -> attempt.succeeded();
            case FAILURE -> !attempt.succeeded();
            default ->
                isStatus(outcome)
                        ? attempt.status().orElse(0) == Integer.parseInt(outcome)
                        : attempt.outcome().equals(outcome);
        };
    }
}
