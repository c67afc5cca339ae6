package dev.rocketgateway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * What a training run of the packaged gateway leaves for later starts, as in the image: made once for each package and Java. Starts of
 * JVMs take most of the time of a test.
 */
public final class ClassArchive {

    private static final String TRAINING_RUN = "dev.rocketgateway.training.TrainingRun";
    private static final int LIMIT_SECONDS = 300;

    /** For a gateway of the tests: quick to make, with the options that {@link GatewayProcess} has. Without load, so without profiles. */
    private static final String OF_TESTS =
            "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC --add-opens=java.base/java.lang=ALL-UNNAMED -Dtraining.load-seconds=0";

    private static final String OF_THE_IMAGE = "-Dtraining.load-seconds=30";

    /** Options by package, Java and options of the training run. A failed run is not retried, because each start would wait for it. */
    private static final Map<List<String>, CompletableFuture<List<String>>> MADE = new ConcurrentHashMap<>();

    private ClassArchive() {}

    /**
     * The JVM options of a gateway of the tests.
     *
     * @param application the directory with {@code quarkus-run.jar}
     * @param javaHome the Java that is to start it
     */
    public static List<String> options(Path application, Path javaHome) {
        return options(application, javaHome, OF_TESTS);
    }

    /** As {@link #options}, with what the image has: for {@code java -jar}, and from Java 25 on with profiles. */
    public static List<String> optionsOfTheImage(Path application, Path javaHome) {
        return options(application, javaHome, OF_THE_IMAGE);
    }

    private static List<String> options(Path application, Path javaHome, String training) {
        return MADE.computeIfAbsent(
                        List.of(
                                application.toAbsolutePath().toString(),
                                javaHome.toAbsolutePath().toString(),
                                training),
                        of -> once(() -> findOrMake(Path.of(of.get(0)), Path.of(of.get(1)), training)))
                .join();
    }

    private static <T> CompletableFuture<T> once(Supplier<T> work) {
        try {
            return CompletableFuture.completedFuture(work.get());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static List<String> findOrMake(Path application, Path javaHome, String training) {
        try {
            var name = Integer.toHexString(
                    List.of(application, javaHome, Files.getLastModifiedTime(javaHome.resolve("bin/java")), training)
                            .hashCode());
            var directory = application.resolveSibling("archives").resolve(name);
            var options = directory.resolve("java-options");
            if (!hasTrainingRun(application)) {
                return List.of();
            }
            if (Files.notExists(options) || isNewer(application, options)) {
                ScratchFiles.delete(directory);
                make(application, javaHome, training, Files.createDirectories(directory));
            }
            return List.of("@" + options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Benchmarks also start older builds. */
    private static boolean hasTrainingRun(Path application) throws IOException {
        try (Stream<Path> files = Files.list(application.resolve("app"))) {
            for (var file : (Iterable<Path>) files::iterator) {
                try (var jar = new JarFile(file.toFile())) {
                    if (jar.getEntry(TRAINING_RUN.replace('.', '/') + ".class") != null) {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    private static void make(Path application, Path javaHome, String training, Path directory)
            throws IOException, InterruptedException {
        var output = directory.resolve("output");
        var builder = new ProcessBuilder(
                        javaHome.resolve("bin/java").toString(),
                        "-cp",
                        application.resolve("quarkus-run.jar").toString(),
                        TRAINING_RUN,
                        directory.toString())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        // The gateway that the run starts has these options too.
        builder.environment().put("JDK_JAVA_OPTIONS", training + " -Djava.io.tmpdir=" + directory);
        var process = builder.start();
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("the training run failed: " + Files.readString(output));
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
