package dev.rocketgateway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Set;

/**
 * A directory as Kubernetes mounts a Secret or a ConfigMap: its files are links through {@code ..data} to a directory that is replaced as a whole.
 */
public final class MountedSecret {

    private final Path directory;
    private int version;

    /** Mounts the first version. */
    public MountedSecret(Path directory, Map<String, String> contents) {
        this.directory = directory;
        replace(contents);
    }

    public Path file(String name) {
        return directory.resolve(name);
    }

    /** Adds links to new files and removes those of files that are gone: after the directory was replaced, one by one. */
    private void link(Set<String> names) throws IOException {
        for (var name : names) {
            if (!Files.isSymbolicLink(file(name))) {
                Files.createSymbolicLink(file(name), Path.of("..data", name));
            }
        }
        try (var links = Files.list(directory)) {
            for (var link : links.toList()) {
                var name = link.getFileName().toString();
                if (!name.startsWith("..") && !names.contains(name)) {
                    Files.delete(link);
                }
            }
        }
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
            link(contents.keySet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
