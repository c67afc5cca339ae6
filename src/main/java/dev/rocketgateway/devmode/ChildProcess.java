package dev.rocketgateway.devmode;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a Java program in a child process, which ends when this process ends. The output of the child goes to a file. */
public final class ChildProcess {

    private final String name;
    private final Process process;
    private final Path output;

    private ChildProcess(String name, Process process, Path output) {
        this.name = name;
        this.process = process;
        this.output = output;
    }

    /**
     * Starts a child process.
     *
     * @param javaHome the Java installation that runs the program
     * @param directory existing directory, in which the launcher and the output are written
     * @param command the main class and its arguments
     */
    public static ChildProcess start(
            String name,
            Path javaHome,
            Path directory,
            List<String> jvmOptions,
            List<Path> classPath,
            List<String> command,
            Map<String, String> environment) {
        try {
            var output = directory.resolve(name + ".out");
            var entries = new ArrayList<String>();
            classPath.forEach(entry -> entries.add(entry.toString()));
            // Last, because a class archive (CDS) can be used only by class paths with the same beginning.
            entries.add(launcher(directory).toString());
            var line = new ArrayList<String>();
            line.add(javaHome.resolve("bin/java").toString());
            line.addAll(jvmOptions);
            line.add("-cp");
            line.add(String.join(File.pathSeparator, entries));
            line.add(StopWithParent.class.getName());
            line.addAll(command);
            var builder = new ProcessBuilder(line)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            return new ChildProcess(name, builder.start(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies the only class that the child needs from this project, separate from all others. */
    private static Path launcher(Path directory) throws IOException {
        var resource = StopWithParent.class.getName().replace('.', '/') + ".class";
        var root = directory.resolve("launcher");
        var file = root.resolve(resource);
        if (Files.notExists(file)) {
            Files.createDirectories(file.getParent());
            try (var bytes = StopWithParent.class.getClassLoader().getResourceAsStream(resource)) {
                if (bytes == null) {
                    throw new IOException("no class file for " + resource);
                }
                Files.write(file, bytes.readAllBytes());
            }
        }
        return root;
    }

    /**
     * Waits until the child has printed the text.
     *
     * @throws IllegalStateException if the child ended or took too long; the message has the end of its output
     */
    public void awaitOutput(String text, Duration limit) throws InterruptedException {
        if (!prints(text, limit)) {
            throw new IllegalStateException(
                    "%s %s; it printed: %s".formatted(name, process.isAlive() ? "is too slow" : "ended", tail()));
        }
    }

    /** Waits until the child has printed the text; returns false if the child ended first, or the limit was exceeded. */
    boolean prints(String text, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!output().contains(text)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                return false;
            }
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
        return true;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Asks the child to end, and waits for its end.
     *
     * @return whether it ended within the limit
     */
    public boolean terminate(Duration limit) throws InterruptedException {
        // Not process.destroy(): this would also close the child's input, and the child would halt immediately.
        process.toHandle().destroy();
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Kills the child without letting it clean up, and waits for its end. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The output so far. */
    public String output() {
        try {
            return Files.readString(output, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The size of the output so far, in bytes. */
    public long outputSize() {
        try {
            return Files.size(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String tail() {
        var text = output();
        return text.substring(Math.max(0, text.length() - 2000));
    }
}
