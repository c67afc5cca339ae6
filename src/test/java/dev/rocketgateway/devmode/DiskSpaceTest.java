package dev.rocketgateway.devmode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskSpaceTest {

    private static final Path STORE = Path.of("/data");

    @ParameterizedTest
    @CsvSource({"0,0", "0,100", "90,10", "899,101", "850000000000,95000000000"})
    void leavesRoomUpToNinetyPercent(long used, long usable) {
        assertThatCode(() -> new DiskSpace(used, usable).requireRoom(STORE)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"901,99", "91,9", "100,0"})
    void refusesADiskOnWhichABrokerStoresNothing(long used, long usable) {
        assertThatThrownBy(() -> new DiskSpace(used, usable).requireRoom(STORE))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void saysHowFullTheDiskIsAndHowMuchToFree() {
        assertThatThrownBy(() -> new DiskSpace(93L << 30, 7L << 30).requireRoom(STORE))
                .hasMessage("the disk of /data is 93 % full, and a RocketMQ broker stores no messages above 90 %;"
                        + " free at least 3073 MB on this disk");
    }

    @Test
    void looksAtTheDiskOfADirectory(@TempDir Path directory) {
        var space = DiskSpace.of(directory);

        assertThat(space.used()).isPositive();
        assertThat(space.usable()).isPositive();
    }
}
