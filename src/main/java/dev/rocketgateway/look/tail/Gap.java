package dev.rocketgateway.look.tail;

import dev.rocketgateway.look.TopicReads.Queue;

/**
 * Offsets of a queue whose messages a tail dropped.
 *
 * @param from the first dropped offset
 * @param to the offset after the last dropped offset
 */
record Gap(Queue queue, long from, long to) {

    long size() {
        return to - from;
    }
}
