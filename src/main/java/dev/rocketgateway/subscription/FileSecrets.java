package dev.rocketgateway.subscription;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Reads secrets from the files of a directory, as Kubernetes mounts them. */
@ApplicationScoped
class FileSecrets implements Secrets {

    private record Known(FileTime modified, Path target, String value) {}

    private final Path directory;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    FileSecrets(StoreConfig config) {
        this.directory = Path.of(config.secretsDirectory());
    }

    @Override
    public String value(SecretText secret) throws MissingSecretException {
        if (secret instanceof SecretText.Plain plain) {
            return plain.value();
        }
        if (secret instanceof SecretText.Reference reference) {
            return read(reference.name());
        }
        throw new MissingSecretException("there is no key to open a sealed secret with");
    }

    private String read(String name) throws MissingSecretException {
        var file = directory.resolve(name);
        try {
            // Kubernetes changes a link, so the file behind it may be another of the same age.
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
