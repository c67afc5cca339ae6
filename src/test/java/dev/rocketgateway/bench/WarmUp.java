package dev.rocketgateway.bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Loads a side until its rate no longer changes. A JVM gets faster for the first forty seconds of load or so, in steps between
 * which it stands still: so a process that had less than two thirds of {@code -Dwarmup} (60 s) gets that first.
 */
final class WarmUp {

    private static final Logger LOG = Logger.getLogger(WarmUp.class);

    private static final int MOST_SECONDS = Integer.getInteger("warmup", 60);
    private static final Duration SLICE = Duration.ofSeconds(Math.max(1, MOST_SECONDS / 12));
    private static final double STEADY = 0.05;

    private final Counted counted;
    private final Map<Long, Long> secondsByProcess = new HashMap<>();

    WarmUp(Counted counted) {
        this.counted = counted;
    }

    void load(String name, Side side) {
        double last = 0;
        for (long spent = 0; spent < MOST_SECONDS; spent += SLICE.toSeconds()) {
            double rate = counted.measure(side, SLICE).perSecond();
            long total = secondsByProcess.merge(side.pid(), SLICE.toSeconds(), Long::sum);
            LOG.debugf("warm-up %s total=%ds rate=%.0f/s", name, total, rate);
            if (total >= MOST_SECONDS * 2 / 3 && Math.abs(rate - last) < STEADY * last) {
                return;
            }
            last = rate;
        }
        LOG.infof("warm-up %s: the rate still changed after %d s", name, MOST_SECONDS);
    }
}
