package dev.rocketgateway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * A directory as Kubernetes mounts a Secret: its files are links through {@code ..data} to a directory that is replaced as a whole.
 */
public final class MountedSecret {

    private final Path directory;
    private int version;

    /** Mounts the first version. */
    public MountedSecret(Path directory, Map<String, String> contents) {
        this.directory = directory;
        replace(contents);
        for (var name : contents.keySet()) {
            try {
                Files.createSymbolicLink(file(name), Path.of("..data", name));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    public Path file(String name) {
        return directory.resolve(name);
    }

    /** Replaces all files at once, and removes the ones before. */
    public void replace(Map<String, String> contents) {
        try {
            var next = Files.createDirectories(directory.resolve("..v" + ++version));
            for (var file : contents.entrySet()) {
                Files.writeString(next.resolve(file.getKey()), file.getValue());
            }
            var link = Files.createSymbolicLink(directory.resolve("..data_tmp"), next.getFileName());
            Files.move(link, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
            var before = directory.resolve("..v" + (version - 1));
            if (Files.exists(before)) {
                try (var files = Files.list(before)) {
                    for (var file : files.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(before);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
