package dev.rocketgateway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Creates the archive of classes that the image also has, by a training run of the packaged gateway, once for each package and
 * Java. The archive makes starts of JVMs faster, which take most of the time of a test.
 */
public final class ClassArchive {

    private static final int LIMIT_SECONDS = 180;

    /** Archives by package and Java. A failed archive is not retried, because each start would wait for it. */
    private static final Map<List<Path>, CompletableFuture<Path>> MADE = new ConcurrentHashMap<>();

    private ClassArchive() {}

    /**
     * The JVM option that uses the archive.
     *
     * @param application the directory with {@code quarkus-run.jar}
     * @param javaHome the Java that is to read it
     */
    public static String option(Path application, Path javaHome) {
        var archive = MADE.computeIfAbsent(
                        List.of(application.toAbsolutePath(), javaHome.toAbsolutePath()),
                        of -> once(() -> findOrMake(of.get(0), of.get(1))))
                .join();
        return "-XX:SharedArchiveFile=" + archive;
    }

    private static <T> CompletableFuture<T> once(Supplier<T> work) {
        try {
            return CompletableFuture.completedFuture(work.get());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Path findOrMake(Path application, Path javaHome) {
        try {
            var directory = Files.createDirectories(application.resolveSibling("archives"));
            var name = Integer.toHexString(
                    List.of(application, javaHome, Files.getLastModifiedTime(javaHome.resolve("bin/java")))
                            .hashCode());
            var archive = directory.resolve(name + ".jsa");
            if (Files.exists(archive) && !isNewer(application, archive)) {
                return archive;
            }
            var training = Files.createTempDirectory(directory, "training-");
            var made = make(application, javaHome, training);
            Files.move(made, archive, StandardCopyOption.REPLACE_EXISTING);
            ScratchFiles.delete(training);
            return archive;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Path make(Path application, Path javaHome, Path directory) throws IOException, InterruptedException {
        var java = javaHome.resolve("bin/java").toString();
        var jar = application.resolve("quarkus-run.jar").toString();
        run(
                directory,
                java,
                // The classes are the same, and a start without the last compiler takes half of the processor's time.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:DumpLoadedClassList=classes",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + directory,
                "-cp",
                jar,
                "dev.rocketgateway.TrainingRun");
        run(
                directory,
                java,
                "-Xshare:dump",
                // As GatewayProcess starts it: since JDK 24 the archive knows the options of modules
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-XX:SharedClassListFile=classes",
                "-XX:SharedArchiveFile=classes.jsa",
                "-cp",
                jar);
        return directory.resolve("classes.jsa");
    }

    private static void run(Path directory, String... command) throws IOException, InterruptedException {
        var output = directory.resolve("output");
        var process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("no archive of classes: " + Files.readString(output));
            }
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
