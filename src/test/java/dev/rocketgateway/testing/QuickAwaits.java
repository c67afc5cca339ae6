package dev.rocketgateway.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Has {@code await()} look at once, soon again, and then ever less often: most of what tests await is there in a moment, and what is
 * not should not be slowed by who asks for it.
 */
public final class QuickAwaits implements LauncherSessionListener {

    private static final Duration FIRST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofMillis(200);

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(QuickAwaits::next);
    }

    private static Duration next(int polls, Duration previous) {
        if (polls <= 1) {
            return FIRST;
        }
        var longer = previous.multipliedBy(3).dividedBy(2);
        return longer.compareTo(LONGEST) < 0 ? longer : LONGEST;
    }
}
