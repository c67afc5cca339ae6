package dev.rocketgateway.subscription.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocketgateway.problem.FieldError;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.document.FixedFields;
import dev.rocketgateway.subscription.document.JsonDocument;
import dev.rocketgateway.subscription.document.SubscriptionDocument;
import dev.rocketgateway.subscription.document.SubscriptionWriter;
import dev.rocketgateway.subscription.fault.Faults;
import dev.rocketgateway.subscription.fault.FieldFault;
import dev.rocketgateway.subscription.fault.InvalidSubscriptionException;
import java.util.List;

/**
 * Reads the subscription that a caller requests from the body of the request. Every method throws {@link GatewayException}
 * {@code malformed-body} or {@code invalid-request}; {@code invalid-request} names every faulty field.
 */
final class RequestedSubscription {

    private RequestedSubscription() {}

    /** A new subscription with the name in the body. */
    static Subscription toCreate(byte[] body, ApiRules rules) {
        var faults = new Faults();
        var document = JsonDocument.parse(body, faults);
        var name = document.path(SubscriptionDocument.NAME);
        if (!name.isTextual()) {
            faults.add(
                    SubscriptionDocument.NAME,
                    name.isMissingNode() || name.isNull() ? "is missing" : "must be a string");
        }
        return read(name.isTextual() ? name.textValue() : "none", document, rules, faults);
    }

    /** A new subscription with the name in the path. */
    static Subscription toCreate(String name, byte[] body, ApiRules rules) {
        var faults = new Faults();
        var document = JsonDocument.parse(body, faults);
        requireSameName(name, document, faults, "must be %s, as in the path, or absent".formatted(name));
        return read(name, document, rules, faults);
    }

    /**
     * The subscription after the body has replaced the fields of {@code current}. Fields that the body leaves out get their
     * defaults, except the state and secrets, which stay.
     */
    static Subscription toReplace(Subscription current, byte[] body, ApiRules rules) {
        var faults = new Faults();
        var document = JsonDocument.parse(body, faults);
        if (document.path("state").isMissingNode() || document.path("state").isNull()) {
            document.put("state", current.state().name());
        }
        return revised(current, document, rules, faults);
    }

    /** The subscription after a merge patch (RFC 7396). */
    static Subscription toPatch(Subscription current, byte[] body, ApiRules rules) {
        var faults = new Faults();
        var patch = JsonDocument.parse(body, faults);
        var document = SubscriptionWriter.write(current, SubscriptionWriter.WITHOUT_SECRETS);
        return revised(current, JsonDocument.merged(document, patch), rules, faults);
    }

    private static Subscription revised(Subscription current, ObjectNode document, ApiRules rules, Faults faults) {
        requireSameName(current.name(), document, faults, FixedFields.CANNOT_CHANGE);
        var next = read(current.name(), document, rules, faults);
        FixedFields.check(current, next, faults);
        if (!faults.all().isEmpty()) {
            throw invalid(faults.all());
        }
        next = next.createdAt(current.createdAt());
        return next.state() == current.state() ? next.in(next.state(), current.stateReason(), next.generation()) : next;
    }

    private static void requireSameName(String name, ObjectNode document, Faults faults, String fault) {
        var given = document.path(SubscriptionDocument.NAME);
        faults.require(
                given.isMissingNode() || given.isNull() || given.asText().equals(name),
                SubscriptionDocument.NAME,
                fault);
    }

    private static Subscription read(String name, ObjectNode document, ApiRules rules, Faults faults) {
        try {
            return SubscriptionDocument.read(name, document, rules, 0, faults);
        } catch (InvalidSubscriptionException e) {
            throw invalid(e.faults());
        }
    }

    static GatewayException invalid(List<FieldFault> faults) {
        return GatewayException.invalid(faults.stream()
                .map(fault -> new FieldError(fault.field(), fault.fault()))
                .toList());
    }
}
