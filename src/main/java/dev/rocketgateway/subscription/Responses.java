package dev.rocketgateway.subscription;

import dev.rocketgateway.subscription.fault.Faults;
import dev.rocketgateway.subscription.fault.InvalidSubscriptionException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Maps the status of an endpoint's response to a decision, with lists of codes ({@code 410}), classes ({@code 4xx}) and {@code *}.
 * A code takes precedence over its class, and a class over {@code *}. A status in no list is retried.
 */
public record Responses(List<String> ack, List<String> deadLetter, List<String> pause, List<String> retry) {

    private static final int MAX_ENTRIES = 100;
    private static final Pattern ENTRY = Pattern.compile("[1-5]\\d\\d|[1-5]xx|\\*");

    /**
     * @throws InvalidSubscriptionException naming invalid entries and entries in two lists
     */
    public Responses {
        ack = List.copyOf(ack);
        deadLetter = List.copyOf(deadLetter);
        pause = List.copyOf(pause);
        retry = List.copyOf(retry);
        var faults = new Faults();
        var owners = new HashMap<String, String>();
        check("responses.ack", ack, owners, faults);
        check("responses.deadLetter", deadLetter, owners, faults);
        check("responses.pause", pause, owners, faults);
        check("responses.retry", retry, owners, faults);
        faults.throwIfAny();
    }

    private static void check(String field, List<String> entries, Map<String, String> owners, Faults faults) {
        faults.require(entries.size() <= MAX_ENTRIES, field, "has more than %d entries".formatted(MAX_ENTRIES));
        for (var entry : entries) {
            if (!ENTRY.matcher(entry).matches()) {
                faults.add(
                        field,
                        "'%s' is not a status; write a status such as 410, a class such as 4xx, or *".formatted(entry));
            } else {
                var owner = owners.putIfAbsent(entry, field);
                faults.require(
                        owner == null,
                        field,
                        "has %s, which is in %s too; keep it in one list".formatted(entry, owner));
            }
        }
    }

    /** The verdict of the most specific entry that matches the status; RETRY if no entry matches. */
    public DeliveryVerdict verdict(int status) {
        var lists = new EnumMap<DeliveryVerdict, List<String>>(DeliveryVerdict.class);
        lists.put(DeliveryVerdict.ACK, ack);
        lists.put(DeliveryVerdict.DEAD_LETTER, deadLetter);
        lists.put(DeliveryVerdict.PAUSE, pause);
        lists.put(DeliveryVerdict.RETRY, retry);
        for (var entry : List.of(String.valueOf(status), status / 100 + "xx", "*")) {
            for (var list : lists.entrySet()) {
                if (list.getValue().contains(entry)) {
                    return list.getKey();
                }
            }
        }
        return DeliveryVerdict.RETRY;
    }
}
