package dev.rocketgateway.subscription.api;

import dev.rocketgateway.problem.FieldError;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.document.SubscriptionWriter;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates {@code If-Match} and {@code If-None-Match}, with which requests name versions of a subscription (RFC 9110, sections
 * 8.8.3 and 13.1).
 */
final class EntityTags {

    private static final String ANY = "*";
    private static final String WEAK = "W/";
    private static final Pattern TAG = Pattern.compile("\\*|(?:W/)?\"[^\"]*\"");
    private static final Pattern LIST = Pattern.compile("\\s*(?:T\\s*(?:,\\s*T\\s*)*)".replace("T", "(?:" + TAG + ")"));

    private EntityTags() {}

    /**
     * The entity tag of the subscription: its generation. For a subscription of the configuration, also a digest of the settings,
     * because a restart can change them.
     */
    static String of(Subscription subscription) {
        return switch (subscription.origin()) {
            case API -> "\"%d\"".formatted(subscription.generation());
            case CONFIG ->
                "\"%d-%08x\""
                        .formatted(
                                subscription.generation(),
                                SubscriptionWriter.write(subscription, SubscriptionWriter.WITHOUT_SECRETS)
                                        .toString()
                                        .hashCode());
        };
    }

    /**
     * Requires that {@code If-Match}, if present, names the current version of the subscription.
     *
     * @param ifMatch the header, or null
     * @throws GatewayException {@code invalid-request} if it is not a list of entity tags, {@code precondition-failed} if the
     *     header names another version
     */
    static void requireMatch(@Nullable String ifMatch, Subscription subscription) {
        if (ifMatch != null
                && list("If-Match", ifMatch).stream()
                        .noneMatch(tag -> tag.equals(ANY) || tag.equals(of(subscription)))) {
            throw GatewayException.of(
                    ProblemType.PRECONDITION_FAILED,
                    "Subscription '%s' now has version %s; read it again."
                            .formatted(subscription.name(), of(subscription)));
        }
    }

    /**
     * Requires that {@code If-None-Match}, if present, does not name the current version of the subscription.
     *
     * @param ifNoneMatch the header, or null
     * @throws GatewayException {@code precondition-failed} if the header names the current version, or is {@code *}
     */
    static void requireNoMatch(@Nullable String ifNoneMatch, Subscription subscription) {
        if (isKnown(ifNoneMatch, subscription)) {
            throw GatewayException.of(
                    ProblemType.PRECONDITION_FAILED,
                    "Subscription '%s' exists, at version %s. To replace it, leave out `If-None-Match`."
                            .formatted(subscription.name(), of(subscription)));
        }
    }

    /**
     * Requires that {@code If-Match} is absent, because the subscription does not exist.
     *
     * @param ifMatch the header, or null
     * @throws GatewayException {@code precondition-failed} if the header is present
     */
    static void requireNone(@Nullable String ifMatch, String name) {
        if (ifMatch != null) {
            throw GatewayException.of(
                    ProblemType.PRECONDITION_FAILED,
                    "Subscription '%s' does not exist. To create it, leave out `If-Match`.".formatted(name));
        }
    }

    /**
     * Whether {@code If-None-Match} names the current version of the subscription.
     *
     * @param ifNoneMatch the header, or null
     */
    static boolean isKnown(@Nullable String ifNoneMatch, Subscription subscription) {
        return ifNoneMatch != null
                && list("If-None-Match", ifNoneMatch).stream()
                        .map(tag -> tag.startsWith(WEAK) ? tag.substring(WEAK.length()) : tag)
                        .anyMatch(tag -> tag.equals(ANY) || tag.equals(of(subscription)));
    }

    private static List<String> list(String name, String header) {
        if (!LIST.matcher(header).matches()) {
            throw GatewayException.invalid(List.of(new FieldError(
                    name,
                    "is '%s', which is not an entity tag; send it with its quotation marks, as \"%s\""
                            .formatted(header, header.split(",", 2)[0].strip().replace("\"", "")))));
        }
        return TAG.matcher(header).results().map(MatchResult::group).toList();
    }

    /** Whether the caller names a version in {@code If-Match}, and not only {@code *}. */
    static boolean isConditional(@Nullable String ifMatch) {
        return Optional.ofNullable(ifMatch)
                .filter(header -> !list("If-Match", header).contains(ANY))
                .isPresent();
    }
}
