package dev.rocketgateway.security.identity;

import dev.rocketgateway.security.Grants;
import dev.rocketgateway.security.Principal;
import dev.rocketgateway.security.SecurityConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Finds the caller that an API key belongs to, by the SHA-256 of the key: the gateway stores no keys. Thread-safe; {@link #find}
 * never blocks.
 */
final class ApiKeys {

    private static final Logger LOG = Logger.getLogger(ApiKeys.class);

    private final Map<ByteBuffer, Identity> fixed = new HashMap<>();
    private final List<KeyFile> files = new ArrayList<>();
    private volatile Map<ByteBuffer, Identity> all;

    /** A file with keys of one caller, and what the gateway last read from the file. */
    private static final class KeyFile {

        private final Path path;
        private final Identity identity;
        private ByteBuffer content = ByteBuffer.allocate(0);
        private List<ByteBuffer> hashes = List.of();
        private boolean readable = true;

        KeyFile(Path path, Identity identity) {
            this.path = path;
            this.identity = identity;
        }
    }

    /**
     * @throws ConfigurationException if a caller has no key, no role, or a file that cannot be read
     */
    ApiKeys(Map<String, SecurityConfig.ApiKeyConfig> keys, Roles roles) {
        keys.forEach((name, key) -> {
            var setting = "gateway.security.api-keys.%s".formatted(name);
            add(setting, key, identity(name, roles.of(key.roles(), setting + ".roles")));
        });
        all = Map.copyOf(merged());
    }

    private static Identity identity(String name, Grants grants) {
        return new Identity(new Principal(Principal.Kind.API_KEY, name), grants);
    }

    private void add(String setting, SecurityConfig.ApiKeyConfig key, Identity identity) {
        if (key.sha256().isEmpty() && key.file().isEmpty()) {
            throw new ConfigurationException(
                    "Set `%1$s.sha256` or `%1$s.file`. Run `java -jar quarkus-run.jar api-key %2$s` to make a key."
                            .formatted(setting, identity.principal().name()));
        }
        for (var hex : key.sha256().orElse(List.of())) {
            try {
                if (fixed.put(ApiKey.parseHash(hex), identity) != null) {
                    throw new IllegalArgumentException("the same key is listed twice, for this caller or for another");
                }
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException("`%s.sha256` is wrong: %s.".formatted(setting, e.getMessage()));
            }
        }
        key.file().ifPresent(path -> {
            var file = new KeyFile(path, identity);
            try {
                read(file);
            } catch (IOException | IllegalArgumentException e) {
                throw new ConfigurationException("`%s.file` is wrong: %s.".formatted(setting, fault(path, e)));
            }
            files.add(file);
        });
    }

    private static String fault(Path path, Exception e) {
        return "%s: %s"
                .formatted(
                        path,
                        e instanceof IOException
                                ? "the file does not exist, or the gateway may not read it"
                                : e.getMessage());
    }

    /**
     * Reads the keys of the file, if the file has changed.
     *
     * @return whether the file has changed
     * @throws IllegalArgumentException if a line is neither a key nor the SHA-256 of a key, or if the file is empty
     */
    private static boolean read(KeyFile file) throws IOException {
        var text = Files.readString(file.path);
        // Keeps a hash and not the text, because the text may contain keys.
        var content = ApiKey.hash(text);
        if (content.equals(file.content)) {
            return false;
        }
        var hashes = text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(ApiKeys::hash)
                .toList();
        if (hashes.isEmpty()) {
            throw new IllegalArgumentException("the file is empty");
        }
        file.content = content;
        file.hashes = hashes;
        return true;
    }

    private static ByteBuffer hash(String line) {
        return line.startsWith(ApiKey.PREFIX) ? ApiKey.hash(ApiKey.checked(line)) : ApiKey.parseHash(line);
    }

    /** Reads changed files again. If a file cannot be read, its last keys stay valid. Blocks; called by one thread at a time. */
    void refresh() {
        boolean changed = false;
        for (var file : files) {
            try {
                boolean different = read(file);
                changed |= different;
                if (different || !file.readable) {
                    LOG.infof("API keys read file=%s principal=%s", file.path, file.identity.principal());
                }
                file.readable = true;
            } catch (IOException | IllegalArgumentException e) {
                if (file.readable) {
                    LOG.warnf(
                            "API keys cannot be read, the previous keys stay valid file=%s principal=%s reason=%s",
                            file.path, file.identity.principal(), fault(file.path, e));
                }
                file.readable = false;
            }
        }
        if (changed) {
            all = Map.copyOf(merged());
        }
    }

    private Map<ByteBuffer, Identity> merged() {
        var merged = new HashMap<>(fixed);
        files.forEach(file -> file.hashes.forEach(hash -> merged.put(hash, file.identity)));
        return merged;
    }

    boolean hasFiles() {
        return !files.isEmpty();
    }

    Optional<Identity> find(String key) {
        return Optional.ofNullable(all.get(ApiKey.hash(key)));
    }
}
