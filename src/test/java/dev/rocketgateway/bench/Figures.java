package dev.rocketgateway.bench;

/**
 * What one side of a comparison did in one round.
 *
 * @param perSecond messages, or whatever is counted
 * @param cpuMicros processor time per message of the process under test, user and system, in microseconds
 * @param brokerCpuMicros the same of the broker; NaN where it was not measured
 * @param p50Millis median latency; NaN where there is none
 * @param p99Millis 99th percentile of the latency; NaN where there is none
 * @param residentMegabytes memory of the process under test after the round
 */
record Figures(
        double perSecond,
        double cpuMicros,
        double brokerCpuMicros,
        double p50Millis,
        double p99Millis,
        double residentMegabytes) {

    /** Processor time per message of the process under test and of the broker together, in microseconds. */
    double systemCpuMicros() {
        return cpuMicros + brokerCpuMicros;
    }
}
