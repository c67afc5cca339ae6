package dev.rocketgateway.subscription.secret;

import dev.rocketgateway.subscription.MissingSecretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Reads secrets from the files of a directory, as Kubernetes mounts them. Thread-safe. */
final class SecretFiles {

    private record Known(FileTime modified, Path target, String value) {}

    private final Path directory;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    SecretFiles(Path directory) {
        this.directory = directory;
    }

    /** The current content of the file, without surrounding whitespace; a changed file is read again. */
    String read(String name) throws MissingSecretException {
        var file = directory.resolve(name);
        try {
            // Kubernetes replaces a link, so another file of the same age may be behind it.
            var target = file.toRealPath();
            var modified = Files.getLastModifiedTime(target);
            var before = known.get(name);
            if (before != null
                    && before.modified().equals(modified)
                    && before.target().equals(target)) {
                return before.value();
            }
            var value = Files.readString(target).strip();
            known.put(name, new Known(modified, target, value));
            return value;
        } catch (IOException e) {
            throw new MissingSecretException("the secret file %s cannot be read".formatted(name), e);
        }
    }
}
