package dev.rocketgateway.look.tail;

import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.deliver.MessageSource.Start;
import dev.rocketgateway.look.ReadableTopic;
import dev.rocketgateway.look.TopicReads;
import dev.rocketgateway.look.TopicReads.Queue;
import dev.rocketgateway.look.tail.TailRequest.From;
import dev.rocketgateway.message.TopicName;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The position at which a tail begins.
 *
 * @param live whether this position is the end of the topic
 */
record TailStart(OffsetVector offsets, boolean live) {

    /**
     * Finds the first offset in every queue whose broker answers. Blocks.
     *
     * @throws SourceUnavailableException if no broker answers
     */
    static TailStart find(TopicReads reads, TopicName topic, TailRequest request) {
        var queues = reads.queues(topic);
        if (queues.isEmpty()) {
            throw ReadableTopic.notFound(topic);
        }
        var resume = request.resume().orElse(null);
        long start = resume == null ? start(request.from()) : resume.start();
        var next = new TreeMap<Queue, Long>();
        @Nullable SourceUnavailableException silent = null;
        for (var queue : queues) {
            try {
                next.put(queue, offset(reads, topic, queue, request, start));
            } catch (SourceUnavailableException e) {
                // The tail finds the first offset of this queue when the broker answers.
                silent = e;
            }
        }
        if (next.isEmpty() && silent != null) {
            throw silent;
        }
        if (resume != null) {
            keepOthers(resume.next(), next);
        }
        return new TailStart(new OffsetVector(start, next), resume == null && request.from() instanceof From.Now);
    }

    /** Keeps the offsets of queues whose broker does not answer now. */
    private static void keepOthers(SortedMap<Queue, Long> known, SortedMap<Queue, Long> next) {
        known.forEach(next::putIfAbsent);
    }

    private static long offset(TopicReads reads, TopicName topic, Queue queue, TailRequest request, long start) {
        var known = request.resume().map(resume -> resume.next().get(queue));
        if (known.isPresent()) {
            // If a broker lost its last messages, the end of the queue is lower than before.
            return Math.min(known.get(), reads.offset(topic, queue, new Start.Latest()));
        }
        return reads.offset(
                topic,
                queue,
                request.resume().isEmpty() && request.from() instanceof From.Now
                        ? new Start.Latest()
                        : Tails.position(start));
    }

    private static long start(From from) {
        if (from instanceof From.Beginning) {
            return 0;
        }
        return from instanceof From.At at
                ? Math.max(1, at.time().toEpochMilli())
                : Instant.now().toEpochMilli();
    }
}
