package dev.rocketgateway.look.tail;

import dev.rocketgateway.look.TopicReads.Queue;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The position of a tail: the next offset of each queue, as the {@code id} of an event. Any replica can continue at this position.
 *
 * <pre>
 * 1763812800000~broker-a:12.5.-.9,broker-b:3.0
 * └─ start      └─ broker └─ offsets of its queues 0, 1, …; - for a queue without an offset
 * </pre>
 *
 * @param start time when the tail started, in milliseconds since 1970. In a queue without an offset, the tail begins at this time. 0
 *     means the beginning of the queue
 */
record OffsetVector(long start, SortedMap<Queue, Long> next) {

    private static final int MAX_LENGTH = 32_768;
    private static final Pattern FORM = Pattern.compile("\\d{1,15}~(?:B:O(?:,B:O)*)?"
            .replace("B", "[A-Za-z0-9.*_+%-]+")
            .replace("O", "(?:N(?:\\.N)*)")
            .replace("N", "(?:-|\\d{1,18})"));

    /**
     * Parses an id.
     *
     * @throws IllegalArgumentException if the string is not the id of a tail's event
     */
    static OffsetVector parse(String text) {
        try {
            if (text.length() <= MAX_LENGTH && FORM.matcher(text).matches()) {
                return read(text);
            }
        } catch (IllegalArgumentException nameIsNotEncoded) {
            // A name that is not percent-encoded, or a number that is too large, gets the same error as another form.
        }
        throw new IllegalArgumentException("must be the id of an event of this stream");
    }

    private static OffsetVector read(String text) {
        int tilde = text.indexOf('~');
        var next = new TreeMap<Queue, Long>();
        var brokers = text.substring(tilde + 1);
        for (var broker : brokers.isEmpty() ? new String[0] : brokers.split(",")) {
            int colon = broker.indexOf(':');
            var name = URLDecoder.decode(broker.substring(0, colon), StandardCharsets.UTF_8);
            var offsets = broker.substring(colon + 1).split("\\.");
            for (int id = 0; id < offsets.length; id++) {
                if (!offsets[id].equals("-")) {
                    next.put(new Queue(name, id), Long.parseLong(offsets[id]));
                }
            }
        }
        return new OffsetVector(Long.parseLong(text.substring(0, tilde)), next);
    }

    @Override
    public String toString() {
        var text = new StringBuilder().append(start).append('~');
        var broker = "";
        int id = 0;
        for (Map.Entry<Queue, Long> entry : next.entrySet()) {
            var queue = entry.getKey();
            if (!queue.brokerName().equals(broker)) {
                text.append(broker.isEmpty() ? "" : ",")
                        .append(URLEncoder.encode(queue.brokerName(), StandardCharsets.UTF_8))
                        .append(':');
                broker = queue.brokerName();
                id = 0;
            } else {
                text.append('.');
            }
            for (; id < queue.queueId(); id++) {
                text.append("-.");
            }
            text.append(entry.getValue());
            id++;
        }
        return text.toString();
    }
}
