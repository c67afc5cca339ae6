package dev.rocketgateway.devmode;

import java.io.File;
import java.nio.file.Path;

/**
 * Computes how full a disk is, in the same way as a broker ({@code UtilAll.getDiskPartitionSpaceUsedPercent}).
 *
 * @param used bytes in use
 * @param usable bytes that this process can still use
 */
record DiskSpace(long used, long usable) {

    /** Above this percentage of used space, a broker stores no messages. The broker replaces a higher setting by this value. */
    private static final int LIMIT_PERCENT = 90;

    /**
     * Reads how full a disk is.
     *
     * @param directory an existing directory on the disk
     */
    static DiskSpace of(Path directory) {
        File file = directory.toFile();
        return new DiskSpace(file.getTotalSpace() - file.getFreeSpace(), file.getUsableSpace());
    }

    /**
     * Requires that a broker would store messages on this disk.
     *
     * @param directory where the broker stores its messages, for the error
     * @throws IllegalStateException if a broker would store no messages on this disk
     */
    void requireRoom(Path directory) {
        long entire = used + usable;
        long percent = entire == 0 ? 0 : (used * 100 + entire - 1) / entire;
        if (percent > LIMIT_PERCENT) {
            throw new IllegalStateException(
                    "the disk of %s is %d %% full, and a RocketMQ broker stores no messages above %d %%; free at least %d MB on this disk"
                            .formatted(directory, percent, LIMIT_PERCENT, megabytesToFree(entire)));
        }
    }

    private long megabytesToFree(long entire) {
        return ((used - entire / 100 * LIMIT_PERCENT) >> 20) + 1;
    }
}
