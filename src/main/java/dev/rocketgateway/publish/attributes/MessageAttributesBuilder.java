package dev.rocketgateway.publish.attributes;

import dev.rocketgateway.message.DeliverySchedule;
import dev.rocketgateway.message.Durations;
import dev.rocketgateway.message.Instants;
import dev.rocketgateway.message.MessageProperties;
import dev.rocketgateway.problem.GatewayException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks the attributes of a message one by one and notes all faults.
 *
 * <p>Each method takes the caller's name of the attribute, for errors. Not thread-safe.
 */
public final class MessageAttributesBuilder {

    private static final Duration MIN_DELAY = Duration.ofMillis(1);

    private final AttributeRules rules;
    private final FieldErrors errors;
    private final Set<String> keys = new LinkedHashSet<>();
    private final Map<String, String> properties = new LinkedHashMap<>();
    private final Map<String, DeliverySchedule> schedules = new LinkedHashMap<>();
    private @Nullable String tag;
    private @Nullable String messageGroup;

    public MessageAttributesBuilder(AttributeRules rules, FieldErrors errors) {
        this.rules = rules;
        this.errors = errors;
    }

    public void tag(String field, String value) {
        if (errors.check(field, fault(value))
                && errors.check(field, value.contains("|") ? "must not contain '|'" : null)
                && errors.check(field, value.equals(value.strip()) ? null : "must not begin or end with a space")) {
            tag = value;
        }
    }

    public boolean key(String field, String value) {
        boolean legal = errors.check(field, fault(value))
                && errors.check(
                        field,
                        value.chars().anyMatch(Character::isWhitespace)
                                ? "must not contain whitespace, which separates keys"
                                : null);
        if (legal) {
            keys.add(value);
        }
        return legal;
    }

    public void messageGroup(String field, String value) {
        if (errors.check(field, fault(value))) {
            messageGroup = value;
        }
    }

    public void delay(String field, String text) {
        errors.read(field, text, Durations::parse)
                .filter(delay -> errors.check(
                        field,
                        isBetween(MIN_DELAY, delay, rules.maxDelay())
                                ? null
                                : "is %s; it must be from 1ms to %s".formatted(text, maxDelay())))
                .ifPresent(delay -> schedules.put(field, new DeliverySchedule.After(delay)));
    }

    public void deliverAt(String field, String text) {
        errors.read(field, text, Instants::parse)
                .filter(time -> errors.check(
                        field,
                        time.isAfter(rules.clock().instant().plus(rules.maxDelay()))
                                ? "is %s, which is more than %s in the future".formatted(text, maxDelay())
                                : null))
                .ifPresent(time -> schedules.put(field, new DeliverySchedule.At(time)));
    }

    public void delayLevel(String field, String text) {
        boolean legal = text.matches("\\d{1,2}")
                && Integer.parseInt(text) >= 1
                && Integer.parseInt(text) <= DeliverySchedule.Level.MAX;
        if (errors.check(
                field, legal ? null : "is '%s'; it must be 1 to %d".formatted(text, DeliverySchedule.Level.MAX))) {
            schedules.put(field, new DeliverySchedule.Level(Integer.parseInt(text)));
        }
    }

    public void property(String field, String name, String value) {
        boolean legal = errors.check(field, name.trim().isEmpty() ? "needs a name after the dot" : separatorFault(name))
                && errors.check(
                        field,
                        rules.reserved().contains(name)
                                ? "is a property name that RocketMQ reserves; use another name"
                                : null)
                && errors.check(field, fault(value));
        if (legal) {
            var other = properties.putIfAbsent(name, value);
            errors.check(field, other == null || other.equals(value) ? null : "is given twice, with different values");
        }
    }

    /** Stores the key as a property and as a key of the message, so that receivers can recognize repeats. */
    public void idempotencyKey(String field, String value) {
        if (key(field, value)) {
            property(field, MessageProperties.IDEMPOTENCY_KEY, value);
        }
    }

    /** Stores a header of the request as a property, unless the caller has set the property to another value. */
    public void keep(String field, String property, @Nullable String value) {
        if (value != null && !value.isBlank() && errors.check(field, separatorFault(value))) {
            properties.putIfAbsent(property, value);
        }
    }

    /**
     * Creates the attributes if none has a fault.
     *
     * @throws GatewayException {@code invalid-request} with all noted faults, or {@code properties-too-large}
     */
    public MessageAttributes build() {
        checkSchedule();
        errors.throwIfAny();
        var attributes = new MessageAttributes(
                Optional.ofNullable(tag),
                List.copyOf(keys),
                Map.copyOf(properties),
                Optional.ofNullable(messageGroup),
                schedules.values().stream().findFirst());
        attributes.checkSize();
        return attributes;
    }

    private void checkSchedule() {
        if (schedules.size() > 1) {
            errors.add(
                    List.copyOf(schedules.keySet()).get(1),
                    "cannot be combined with another schedule; send only one of delay, deliverAt and delayLevel");
        }
        if (messageGroup != null) {
            schedules.keySet().stream()
                    .findFirst()
                    .ifPresent(
                            field -> errors.add(
                                    field,
                                    "cannot be combined with a message group, because a schedule would break the order of its messages"));
        }
    }

    private String maxDelay() {
        return Durations.format(rules.maxDelay());
    }

    static boolean isBetween(Duration least, Duration value, Duration most) {
        return value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
    }

    /** Says why RocketMQ cannot store the value in a property, or null. */
    static @Nullable String fault(String value) {
        return value.trim().isEmpty() ? "must not be empty or blank" : separatorFault(value);
    }

    /**
     * The fault of a string with a separator, or null. RocketMQ's {@code MessageDecoder} separates names and values on the wire by
     * these characters.
     */
    private static @Nullable String separatorFault(String text) {
        return text.indexOf('\u0001') >= 0 || text.indexOf('\u0002') >= 0
                ? "must not contain the characters U+0001 and U+0002, which separate properties"
                : null;
    }
}
