package dev.rocketgateway.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.logs.LogLevels.Severity;
import dev.rocketgateway.problem.GatewayException;
import java.time.Duration;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogLevelsTest {

    private static final Duration LONG = Duration.ofHours(1);

    private final LogLevels levels = new LogLevels();
    private final String category = "test." + UUID.randomUUID();
    private final Logger logger = Logger.getLogger(category);

    @AfterEach
    void stop() {
        levels.stop();
    }

    @Test
    void setsALevelAndGivesTheFirstOneBack() {
        logger.setLevel(Level.WARNING);

        levels.set(category, Severity.DEBUG, LONG);
        assertThat(logger.isLoggable(org.jboss.logmanager.Level.DEBUG)).isTrue();
        levels.set(category, Severity.ERROR, LONG);
        assertThat(logger.isLoggable(Level.WARNING)).isFalse();
        assertThat(levels.all()).singleElement().satisfies(changed -> {
            assertThat(changed.category()).isEqualTo(category);
            assertThat(changed.level()).isEqualTo(Severity.ERROR);
        });

        levels.reset(category);
        assertThat(logger.getLevel()).isEqualTo(Level.WARNING);
        assertThat(levels.all()).isEmpty();
        levels.reset(category);
    }

    @Test
    void endsAfterItsTime() {
        levels.set(category, Severity.DEBUG, Duration.ofMillis(1));

        await().until(() -> levels.all().isEmpty());
        assertThat(logger.getLevel()).isNull();
    }

    @Test
    void hasALimitOfCategories() {
        for (int i = 0; i < 100; i++) {
            levels.set(category + "." + i, Severity.INFO, LONG);
        }

        assertThatThrownBy(() -> levels.set(category, Severity.INFO, LONG)).isInstanceOf(GatewayException.class);
        levels.set(category + ".7", Severity.DEBUG, LONG);
        for (int i = 0; i < 100; i++) {
            levels.reset(category + "." + i);
        }
        levels.set(category, Severity.INFO, LONG);
    }
}
