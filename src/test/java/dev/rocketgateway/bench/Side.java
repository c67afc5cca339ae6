package dev.rocketgateway.bench;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * One side of a comparison of ways to publish.
 *
 * @param pid the process whose processor time and memory are told
 * @param topics where its messages go; none if they go nowhere
 * @param confirmed whether a message that was taken has been stored; not so for one-way messages
 * @param load sends for so long, and waits for all answers
 */
record Side(long pid, List<String> topics, boolean confirmed, Function<Duration, Load> load) {}
