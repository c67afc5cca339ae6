package dev.rocketgateway.bench;

import static org.awaitility.Awaitility.await;

import java.time.Duration;

/**
 * One side of {@link DeliveryBench}. Between its turns it has nothing to do: it has delivered all there was, so that nothing of it
 * is left to disturb the others and everything can be counted.
 *
 * <pre>
 *   begin ─▶ settles ─▶ │ counts │ ─▶ end ─▶ delivers the rest ─▶ idle
 * </pre>
 */
final class DeliverySide {

    private static final Duration LOOKS = Duration.ofMillis(20);
    private static final Duration DRAINED = Duration.ofMinutes(1);
    private static final Duration LAST_ANSWERS = Duration.ofMillis(300);

    /** Where a side has its messages from. */
    interface Messages {

        void begin(int inFlight);

        /**
         * Called again and again, so that there is always something to deliver.
         *
         * @param delivered so far
         * @return how many there were to be delivered
         */
        int keepUp(int delivered);

        /** No more, and how many there were. */
        int end();
    }

    private final String name;
    private final BenchProcess endpoint;
    private final ProcessFigures process;
    private final Messages messages;
    private final Duration settling;
    private int smallestBacklog = Integer.MAX_VALUE;

    DeliverySide(String name, BenchProcess endpoint, ProcessFigures process, Messages messages, Duration settling) {
        this.name = name;
        this.endpoint = endpoint;
        this.process = process;
        this.messages = messages;
        this.settling = settling;
    }

    /** What the endpoint has answered. */
    record Count(long answered, int distinct) {}

    Figures measure(int inFlight, Duration measured) {
        messages.begin(inFlight);
        letPass(settling, this::keepUp);
        var before = count();
        long cpu = process.cpuMicros();
        long begun = System.nanoTime();
        letPass(measured, () -> smallestBacklog = Math.min(smallestBacklog, keepUp()));
        long nanos = System.nanoTime() - begun;
        cpu = process.cpuMicros() - cpu;
        double answered = count().answered() - before.answered();
        var figures = new Figures(
                answered * 1e9 / nanos,
                cpu / answered,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                process.residentMegabytes());
        finish();
        return figures;
    }

    private void finish() {
        int sent = messages.end();
        await(name + " delivers all " + sent)
                .atMost(DRAINED)
                .pollInterval(LOOKS)
                .until(() -> count().distinct() >= sent);
        // What the endpoint has counted the side has still to be told.
        letPass(LAST_ANSWERS, () -> {});
    }

    private static void letPass(Duration time, Runnable look) {
        long end = System.nanoTime() + time.toNanos();
        await().atMost(time.plusSeconds(30)).pollInterval(LOOKS).until(() -> {
            look.run();
            return System.nanoTime() >= end;
        });
    }

    private int keepUp() {
        return messages.keepUp(count().distinct());
    }

    Count count() {
        var numbers = endpoint.get("/count/" + name).split(" ");
        return new Count(Long.parseLong(numbers[0]), Integer.parseInt(numbers[1]));
    }

    @Override
    public String toString() {
        return name;
    }

    /** How many messages were there to be delivered at least while it was measured. */
    int smallestBacklog() {
        return smallestBacklog;
    }

    long duplicates() {
        var count = count();
        return count.answered() - count.distinct();
    }
}
