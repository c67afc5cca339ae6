package dev.rocketgateway.training;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM that a training run starts. It ends with the training run at the latest. */
final class TrainedProcess implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Exit status of a JVM that was asked to stop: 128 and the number of the signal. */
    private static final int STOPPED = 128 + 15;

    private final Process process;
    private final Thread atExit;

    private TrainedProcess(Process process) {
        this.process = process;
        this.atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * Starts {@code java} with a heap of less than 32 GB, because an archive works only with the size of pointers with which it was made.
     * {@code JDK_JAVA_OPTIONS} applies too.
     */
    static TrainedProcess start(String... options) throws IOException {
        var command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m"));
        command.addAll(List.of(options));
        return new TrainedProcess(new ProcessBuilder(command).inheritIO().start());
    }

    void requireAlive() {
        if (!process.isAlive()) {
            throw new IllegalStateException("the gateway ended with exit status " + process.exitValue());
        }
    }

    /** Asks the process to stop, and waits until it has written its files. */
    void stop() throws InterruptedException {
        process.destroy();
        await(STOPPED);
    }

    void awaitSuccess() throws InterruptedException {
        await(0);
    }

    private void await(int status) throws InterruptedException {
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    "a JVM of the training run did not end within %d minutes".formatted(LIMIT.toMinutes()));
        }
        if (process.exitValue() != status) {
            throw new IllegalStateException("a JVM of the training run ended with exit status %d, expected %d"
                    .formatted(process.exitValue(), status));
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
