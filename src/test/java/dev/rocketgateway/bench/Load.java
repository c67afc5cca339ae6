package dev.rocketgateway.bench;

/**
 * What a load generator did in one go.
 *
 * @param ok messages that were confirmed
 * @param failed messages that were not: refused, in error, or without an answer; some of them may be stored
 * @param seconds from the first request until the last answer
 * @param p50Millis median latency of a request; NaN where there was none
 * @param p99Millis 99th percentile of the same
 */
record Load(long ok, long failed, double seconds, double p50Millis, double p99Millis) {

    double perSecond() {
        return ok / seconds;
    }
}
