package dev.rocketgateway.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux tells of a process in {@code /proc}. */
final class ProcessFigures {

    /** The kernel's clock tick as programs see it, {@code USER_HZ}. */
    private static final long MICROS_PER_TICK = 10_000;

    private final Path directory;

    ProcessFigures(long pid) {
        this.directory = Path.of("/proc", String.valueOf(pid));
    }

    /** Processor time it has used so far, user and system. */
    long cpuMicros() {
        var stat = read("stat");
        // The second field is the name in brackets, and can have blanks; user and system time are the 14th and 15th.
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MICROS_PER_TICK;
    }

    double residentMegabytes() {
        return status("VmRSS:") / 1024.0;
    }

    long threads() {
        return status("Threads:");
    }

    private long status(String field) {
        var line = read("status")
                .lines()
                .filter(each -> each.startsWith(field))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", ""));
    }

    private String read(String file) {
        try {
            return Files.readString(directory.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
