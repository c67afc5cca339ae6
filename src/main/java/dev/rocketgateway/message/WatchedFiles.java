package dev.rocketgateway.message;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads text files whose contents belong together, such as a key pair, and reads them again when one of them changes.
 *
 * <p>If the files are replaced together, the contents always belong together. Kubernetes replaces them together: the files of a
 * mounted Secret are links through one link to a directory, and Kubernetes replaces this one link. If you write the files one after
 * another, do it within a second.
 *
 * <p>Thread-safe, and fast enough for every request: at most once a second, one thread checks the files for changes, and the other
 * threads do not wait for it.
 */
public final class WatchedFiles {

    /** Minimum time between two checks of the files, and minimum age of a changed file before it is read. */
    static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Maximum size of a file. A larger file is probably a mistake, and would fill the memory. */
    static final int MAX_BYTES = 1 << 20;

    private static final int TRIES = 5;

    private final List<Path> files;
    private final InstantSource clock;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile @Nullable Look last;

    /** What distinguishes one version of a file from another, without its content. */
    private record Version(
            Path target,
            FileTime modified,
            long size,
            @Nullable Object key) {}

    /**
     * The result of a check of the files.
     *
     * @param versions versions of the files that {@code contents} was read from; empty if the next check must read the files again
     * @param contents what the last successful check read; empty if no check was successful
     */
    private record Look(
            Instant time,
            List<Version> versions,
            List<String> contents,
            @Nullable IOException failure) {}

    private WatchedFiles(List<Path> files, InstantSource clock) {
        this.files = List.copyOf(files);
        this.clock = clock;
    }

    /** Creates a reader of the files. The first call of {@link #contents} reads the files. */
    public static WatchedFiles of(List<Path> files) {
        return of(files, InstantSource.system());
    }

    /** Creates a reader of the files that uses another clock. */
    public static WatchedFiles of(List<Path> files, InstantSource clock) {
        return new WatchedFiles(files, clock);
    }

    /**
     * The contents in the order of the files, without surrounding whitespace. The list is the same object as long as no file
     * changes. It contains a change after two seconds at most.
     *
     * @throws IOException if a file cannot be read now. The message is a clause that names the file and the reason; it contains
     *     nothing of the content
     */
    public List<String> contents() throws IOException {
        var look = current();
        if (look.failure() != null) {
            throw new IOException(look.failure().getMessage(), look.failure());
        }
        return look.contents();
    }

    private Look current() {
        var before = last;
        if (before != null && !isOld(before)) {
            return before;
        }
        if (before == null) {
            looking.lock();
        } else if (!looking.tryLock()) {
            return before;
        }
        try {
            var latest = last;
            if (latest == null || isOld(latest)) {
                latest = look(latest);
                last = latest;
            }
            return latest;
        } finally {
            looking.unlock();
        }
    }

    private boolean isOld(Look look) {
        var now = clock.instant();
        return now.isBefore(look.time()) || !now.isBefore(look.time().plus(INTERVAL));
    }

    private Look look(@Nullable Look before) {
        var now = clock.instant();
        var known = before == null ? new Look(now, List.of(), List.of(), null) : before;
        try {
            for (int attempt = 1; ; attempt++) {
                try {
                    var versions = versions();
                    if (versions.equals(known.versions())) {
                        return new Look(now, versions, known.contents(), null);
                    }
                    // A file that was just written may be incomplete.
                    boolean fresh = isFresh(versions, now);
                    if (fresh && before != null) {
                        return new Look(now, known.versions(), known.contents(), known.failure());
                    }
                    var contents = read(versions);
                    if (versions().equals(versions)) {
                        return new Look(
                                now,
                                fresh ? List.of() : versions,
                                contents.equals(known.contents()) ? known.contents() : contents,
                                null);
                    }
                    if (attempt == TRIES) {
                        throw new IOException("%s changes all the time".formatted(files.get(0)));
                    }
                } catch (NoSuchFileException e) {
                    // Kubernetes removes the old directory after it has replaced the link to it.
                    if (attempt == TRIES) {
                        throw new IOException("%s does not exist".formatted(e.getFile()), e);
                    }
                }
            }
        } catch (IOException e) {
            return new Look(now, known.versions(), known.contents(), e);
        }
    }

    private static boolean isFresh(List<Version> versions, Instant now) {
        return versions.stream()
                .map(version -> version.modified().toInstant())
                .anyMatch(modified -> !modified.isAfter(now) && modified.isAfter(now.minus(INTERVAL)));
    }

    private List<Version> versions() throws IOException {
        var versions = new ArrayList<Version>();
        for (var file : files) {
            versions.add(version(file));
        }
        return versions;
    }

    private static Version version(Path file) throws IOException {
        try {
            var target = file.toRealPath();
            var attributes = Files.readAttributes(target, BasicFileAttributes.class);
            if (attributes.isRegularFile()) {
                return new Version(target, attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
            }
        } catch (IOException e) {
            throw explained(file, e);
        }
        throw new IOException("%s is not a file".formatted(file));
    }

    private List<String> read(List<Version> versions) throws IOException {
        var contents = new ArrayList<String>();
        for (int i = 0; i < files.size(); i++) {
            contents.add(read(files.get(i), versions.get(i).target()));
        }
        return List.copyOf(contents);
    }

    private static String read(Path file, Path target) throws IOException {
        try (var in = Files.newInputStream(target)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length <= MAX_BYTES) {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString()
                        .strip();
            }
        } catch (IOException e) {
            throw explained(file, e);
        }
        throw new IOException("%s is larger than %d bytes".formatted(file, MAX_BYTES));
    }

    private static IOException explained(Path file, IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return new NoSuchFileException(file.toString());
        }
        if (cause instanceof CharacterCodingException) {
            return new IOException("%s is not valid UTF-8".formatted(file), cause);
        }
        var denied = cause instanceof AccessDeniedException;
        return new IOException(
                "%s cannot be read%s".formatted(file, denied ? ": the gateway has no permission to open the file" : ""),
                cause);
    }
}
