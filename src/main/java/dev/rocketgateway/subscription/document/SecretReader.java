package dev.rocketgateway.subscription.document;

import dev.rocketgateway.subscription.SecretText;
import dev.rocketgateway.subscription.fault.Faults;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Reads secrets: inline, or as the name of a file in the directory of secrets. */
final class SecretReader {

    /** Placeholder for a missing secret; it is never used, because the missing secret is a fault. */
    static final SecretText NOTHING = new SecretText.Plain("");

    private static final int MAX_LENGTH = 8192;
    private static final int MAX_NAME_LENGTH = 253;

    /** One to five path segments that do not begin with a dot. */
    private static final Pattern FILE =
            Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,4}");

    private final Faults faults;
    private final DocumentSource rules;

    SecretReader(Faults faults, DocumentSource rules) {
        this.faults = faults;
        this.rules = rules;
    }

    /** Reads a required secret: inline, as a reference, or the stored one if both are absent. */
    SecretText required(
            String field, Optional<String> inline, Optional<String> reference, Supplier<Optional<SecretText>> kept) {
        if (inline.isPresent() && reference.isPresent()) {
            faults.add(field, "must not be set together with %sRef; set one of the two".formatted(last(field)));
            return NOTHING;
        }
        if (reference.isPresent()) {
            return reference(field + "Ref", reference.get());
        }
        if (inline.isPresent()) {
            rules.obstacle()
                    .ifPresent(why -> faults.add(
                            field, "cannot be stored, because %s; set %sRef instead".formatted(why, last(field))));
            var secret = rules.inline(inline.get());
            faults.require(
                    !(secret instanceof SecretText.Plain) || inline.get().length() <= MAX_LENGTH,
                    field,
                    "has more than %d characters".formatted(MAX_LENGTH));
            return secret;
        }
        return kept.get().orElseGet(() -> {
            faults.add(field, "is missing; set it or %sRef".formatted(last(field)));
            return NOTHING;
        });
    }

    SecretText reference(String field, String name) {
        faults.require(
                name.length() <= MAX_NAME_LENGTH && FILE.matcher(name).matches(),
                field,
                "is not a valid name of a file in the directory of secrets");
        return new SecretText.Reference(name);
    }

    private static String last(String field) {
        return field.substring(field.lastIndexOf('.') + 1);
    }
}
