package dev.rocketgateway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The archive of classes that the image has too: made by a training run of the packaged gateway, once for each package and Java.
 * Most of the time of a test is the start of a JVM, and this halves it.
 */
public final class ClassArchive {

    private static final int TRAINING_LIMIT_SECONDS = 180;

    private ClassArchive() {}

    /**
     * The archive; made if it is missing or older than the package.
     *
     * @param application the directory with {@code quarkus-run.jar}
     * @param javaHome the Java that is to read it
     */
    public static synchronized Path of(Path application, Path javaHome) {
        try {
            var directory = Files.createDirectories(application.toAbsolutePath().resolveSibling("archives"));
            var archive = directory.resolve(
                    Integer.toHexString(javaHome.toAbsolutePath().toString().hashCode()) + ".jsa");
            if (Files.notExists(archive) || isNewer(application, archive)) {
                Files.move(train(application, javaHome, directory), archive, StandardCopyOption.REPLACE_EXISTING);
            }
            return archive;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The options with which a start of the gateway makes use of it. */
    public static List<String> options(Path application, Path javaHome) {
        return List.of("-XX:SharedArchiveFile=" + of(application, javaHome));
    }

    private static Path train(Path application, Path javaHome, Path directory)
            throws IOException, InterruptedException {
        var run = Files.createTempDirectory(directory, "training-");
        var archive = run.resolve("classes.jsa");
        var output = run.resolve("output");
        var process = new ProcessBuilder(
                        javaHome.resolve("bin/java").toString(),
                        "-XX:ArchiveClassesAtExit=" + archive,
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "-Djava.io.tmpdir=" + run,
                        "-cp",
                        application.toAbsolutePath().resolve("quarkus-run.jar").toString(),
                        "dev.rocketgateway.TrainingRun")
                .directory(run.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(TRAINING_LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("the training run failed: " + Files.readString(output));
            }
            return archive;
        } finally {
            process.destroyForcibly();
        }
    }

    private static boolean isNewer(Path application, Path archive) throws IOException {
        var made = Files.getLastModifiedTime(archive);
        try (Stream<Path> files = Files.walk(application)) {
            for (var file : (Iterable<Path>) files::iterator) {
                if (Files.getLastModifiedTime(file).compareTo(made) > 0) {
                    return true;
                }
            }
            return false;
        }
    }
}
