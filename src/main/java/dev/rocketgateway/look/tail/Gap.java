package dev.rocketgateway.look.tail;

import dev.rocketgateway.look.TopicReads.Queue;

/**
 * Offsets of a queue that a tail left out.
 *
 * @param from the first offset that was left out
 * @param to the offset after the last one
 */
record Gap(Queue queue, long from, long to) {

    long size() {
        return to - from;
    }
}
