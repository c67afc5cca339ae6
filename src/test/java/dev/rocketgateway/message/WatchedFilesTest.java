package dev.rocketgateway.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFilesTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path directory;

    private volatile Instant now = START;
    private Path key;
    private Path secret;

    @BeforeEach
    void nameFiles() {
        key = directory.resolve("key");
        secret = directory.resolve("secret");
    }

    private WatchedFiles watch(Path... files) {
        return WatchedFiles.of(List.of(files), () -> now);
    }

    /** Writes a file that is as old as {@code age} says. */
    private void write(Path file, String text, Duration age) throws IOException {
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(now.minus(age)));
    }

    private void writeOld(Path file, String text) throws IOException {
        write(file, text, Duration.ofMinutes(1));
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    @Test
    void readsWithoutSurroundingWhitespaceInTheOrderOfTheFiles() throws IOException {
        writeOld(key, "  k\n");
        writeOld(secret, "s\r\n\n");

        assertThat(watch(key, secret).contents()).containsExactly("k", "s");
        assertThat(WatchedFile.of(key).content()).isEqualTo("k");
    }

    @Test
    void readsAChangedFileAgainButLooksOnceASecond() throws IOException {
        writeOld(key, "first");
        var files = watch(key);
        var first = files.contents();
        pass(Duration.ofHours(1));
        assertThat(files.contents()).isSameAs(first);

        writeOld(key, "second");
        pass(Duration.ofMillis(999));
        assertThat(files.contents()).isSameAs(first);
        pass(Duration.ofMillis(1));
        assertThat(files.contents()).containsExactly("second");
    }

    /** A clock that was set back must not stop the watch. */
    @Test
    void looksAgainWhenTheClockWasSetBack() throws IOException {
        writeOld(key, "first");
        var files = watch(key);
        files.contents();

        pass(Duration.ofDays(-1));
        writeOld(key, "second");

        assertThat(files.contents()).containsExactly("second");
    }

    @Test
    void waitsASecondAfterAFileWasWrittenSinceAnotherMayFollow() throws IOException {
        writeOld(key, "k1");
        writeOld(secret, "s1");
        var files = watch(key, secret);
        files.contents();

        pass(Duration.ofMinutes(1));
        write(key, "k2", Duration.ofMillis(500));
        assertThat(files.contents()).containsExactly("k1", "s1");

        pass(Duration.ofSeconds(1));
        write(secret, "s2", Duration.ofMillis(900));
        assertThat(files.contents()).containsExactly("k1", "s1");

        pass(Duration.ofSeconds(1));
        assertThat(files.contents()).containsExactly("k2", "s2");
    }

    /** The start does not wait, so what it read is read once more when it can be complete. */
    @Test
    void readsAtOnceAtTheStartAndOnceMoreIfTheFileWasJustWritten() throws IOException {
        write(key, "ab", Duration.ZERO);
        var files = watch(key);
        assertThat(files.contents()).containsExactly("ab");
        var modified = Files.getLastModifiedTime(key);

        Files.writeString(key, "cd");
        Files.setLastModifiedTime(key, modified);
        pass(Duration.ofSeconds(1));

        assertThat(files.contents()).containsExactly("cd");
    }

    /** Kubernetes mounts a Secret as links into a directory that it replaces as a whole; ages and sizes may be the same. */
    @Test
    void followsTheLinksThatKubernetesReplaces() throws IOException {
        version("..v1", "1");
        swap("..v1");
        link();
        var files = watch(key, secret);
        assertThat(files.contents()).containsExactly("k1", "s1");

        version("..v2", "2");
        swap("..v2");
        delete("..v1");
        pass(Duration.ofSeconds(1));

        assertThat(files.contents()).containsExactly("k2", "s2");
    }

    @Test
    void neverMixesTwoVersionsWhileLinksAreReplaced() throws Exception {
        version("..v0", "0");
        swap("..v0");
        link();
        // Each call looks again.
        var files = WatchedFiles.of(List.of(key, secret), () -> now = now.plusSeconds(2));
        var ended = new AtomicBoolean();
        var threads = Executors.newSingleThreadExecutor();
        try {
            Callable<Integer> swapping = () -> {
                int version = 0;
                while (!ended.get()) {
                    version++;
                    version("..v" + version, String.valueOf(version));
                    swap("..v" + version);
                    delete("..v" + (version - 1));
                }
                return version;
            };
            var swaps = threads.submit(swapping);
            int seen = 0;
            // Version 0 is there before the first swap.
            String last = "k0";
            while (seen < 200 && !swaps.isDone()) {
                List<String> contents;
                try {
                    contents = files.contents();
                } catch (IOException changingAllTheTime) {
                    continue;
                }
                assertThat(contents.get(1).substring(1))
                        .isEqualTo(contents.get(0).substring(1));
                if (!contents.get(0).equals(last)) {
                    last = contents.get(0);
                    seen++;
                }
            }
            ended.set(true);
            assertThat(swaps.get(10, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(200);
        } finally {
            ended.set(true);
            threads.shutdownNow();
        }
    }

    private void version(String name, String version) throws IOException {
        var versions = Files.createDirectories(directory.resolve(name));
        for (var file : List.of("key", "secret")) {
            Files.writeString(versions.resolve(file), file.charAt(0) + version);
            Files.setLastModifiedTime(versions.resolve(file), FileTime.from(START.minusSeconds(60)));
        }
    }

    private void link() throws IOException {
        for (var file : List.of("key", "secret")) {
            Files.createSymbolicLink(directory.resolve(file), Path.of("..data", file));
        }
    }

    private void swap(String version) throws IOException {
        var link = directory.resolve("..data_tmp");
        Files.createSymbolicLink(link, Path.of(version));
        Files.move(link, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }

    private void delete(String version) throws IOException {
        for (var file : List.of("key", "secret")) {
            Files.delete(directory.resolve(version).resolve(file));
        }
        Files.delete(directory.resolve(version));
    }

    @Test
    void namesTheFileThatIsMissingAndReadsItWhenItIsThereAgain() throws IOException {
        writeOld(key, "k");
        writeOld(secret, "s");
        var files = watch(key, secret);
        var before = files.contents();

        Files.delete(secret);
        pass(Duration.ofSeconds(1));
        for (int i = 0; i < 2; i++) {
            assertThatIOException().isThrownBy(files::contents).withMessage("%s does not exist", secret);
        }

        writeOld(secret, "s2");
        pass(Duration.ofSeconds(1));
        assertThat(files.contents()).containsExactly("k", "s2").isNotSameAs(before);
    }

    @Test
    void refusesADirectory() {
        assertThatIOException().isThrownBy(watch(directory)::contents).withMessage("%s is not a file", directory);
    }

    @Test
    void refusesAFileOfAPath() throws IOException {
        writeOld(key, "k");
        var below = key.resolve("below");
        assertThatIOException().isThrownBy(watch(below)::contents).withMessage("%s cannot be read", below);
    }

    @Test
    void refusesBytesThatAreNotUtf8WithoutShowingThem() throws IOException {
        Files.write(key, new byte[] {'s', (byte) 0xff});
        assertThatIOException().isThrownBy(watch(key)::contents).withMessage("%s is not valid UTF-8", key);
    }

    @Test
    void refusesAFileThatWouldFillTheMemory() throws IOException {
        Files.write(key, new byte[WatchedFiles.MAX_BYTES + 1]);
        assertThatIOException().isThrownBy(watch(key)::contents).withMessage("%s is larger than 1048576 bytes", key);
    }

    @Test
    void saysThatItMayNotReadAFile() throws IOException {
        writeOld(key, "k");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(key), "root may read every file");
        assertThatIOException()
                .isThrownBy(watch(key)::contents)
                .withMessage("%s cannot be read: the gateway has no permission to open the file", key);
    }

    @Test
    void doesNotLetRequestsWaitForTheOneThatLooks() throws Exception {
        writeOld(key, "k");
        var looking = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var questions = new AtomicInteger();
        var files = WatchedFiles.of(List.of(key), () -> {
            // A thread asks for the time once before it has the lock, and again when it has it.
            if (Thread.currentThread().getName().equals("slow") && questions.incrementAndGet() == 2) {
                looking.countDown();
                await(goOn);
            }
            return now;
        });
        var first = files.contents();
        pass(Duration.ofSeconds(1));
        var slow = CompletableFuture.runAsync(
                () -> assertThatNoException().isThrownBy(files::contents), task -> new Thread(task, "slow").start());
        await(looking);

        assertThat(CompletableFuture.supplyAsync(() -> contents(files)).get(10, TimeUnit.SECONDS))
                .isSameAs(first);

        goOn.countDown();
        slow.get(10, TimeUnit.SECONDS);
    }

    private static List<String> contents(WatchedFiles files) {
        try {
            return files.contents();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
