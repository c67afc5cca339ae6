package dev.rocketgateway.subscription.history;

import java.util.List;
import java.util.regex.Pattern;

/** Which attempts a caller wants to see, by what came of them. */
public final class AttemptOutcome {

    public static final String SUCCESS = "success";
    public static final String FAILURE = "failure";

    /** What the webhook package calls the outcomes of its requests. */
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
            "unrepresentable");

    private static final Pattern STATUS = Pattern.compile("[1-9]\\d\\d");

    private AttemptOutcome() {}

    /**
     * @return the text
     * @throws IllegalArgumentException saying what it can be
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

    /** Whether the attempt ended so. */
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
