package dev.rocketgateway.rocketmq.client;

import dev.rocketgateway.message.LogText;
import dev.rocketgateway.message.WatchedFile;
import dev.rocketgateway.message.WatchedFiles;
import dev.rocketgateway.rocketmq.client.CredentialSettings.Part;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Supplies the credentials from files that may change while the gateway runs. The supplied parts always belong together.
 *
 * <pre>
 * files                      | supplies       | log, once
 * ---------------------------|----------------|-----------
 * as before                  | the same       |
 * changed                    | the new ones   | INFO
 * unreadable, empty, no key  | the last good  | WARN
 * in order again             | those in files | INFO
 * </pre>
 * Called for every request, by many threads.
 */
final class CredentialFiles implements Supplier<Credentials> {

    private static final Logger LOG = Logger.getLogger(CredentialFiles.class);

    private final Part access;
    private final Part secret;
    private final Part token;
    private final List<Part> inFiles;
    private final WatchedFiles files;
    private volatile State state;

    /**
     * @param contents of the files when they were last looked at; null if they could not be read
     * @param credentials the last valid credentials
     */
    private record State(@Nullable List<String> contents, Credentials credentials, boolean failing) {}

    /**
     * @throws ConfigurationException if a file cannot be read or has no key
     */
    CredentialFiles(Part access, Part secret, Part token, InstantSource clock) {
        this.access = access;
        this.secret = secret;
        this.token = token;
        this.inFiles = Stream.of(access, secret, token)
                .filter(part -> part.file().isPresent())
                .toList();
        this.files = WatchedFiles.of(inFiles.stream().map(CredentialFiles::path).toList(), clock);
        var contents = contents();
        var fault = fault(contents);
        if (contents == null || fault.isPresent()) {
            throw new ConfigurationException(fault.orElseThrow());
        }
        this.state = new State(contents, credentials(contents), false);
    }

    private static Path path(Part part) {
        var file = part.file().orElseThrow();
        try {
            return Path.of(file);
        } catch (InvalidPathException e) {
            throw new ConfigurationException(
                    "%s: '%s' is not a path. Write the path of the file.".formatted(part.fileSetting(), file));
        }
    }

    @Override
    public Credentials get() {
        var known = state;
        return contents() == known.contents() ? known.credentials() : changed();
    }

    private synchronized Credentials changed() {
        var before = state;
        // Another thread may have seen a later change meanwhile.
        var contents = contents();
        if (contents == before.contents()) {
            return before.credentials();
        }
        var fault = fault(contents);
        if (contents == null || fault.isPresent()) {
            if (!before.failing()) {
                LOG.warnf(
                        "cannot read the RocketMQ credentials, the last ones stay in use: %s",
                        LogText.line(fault.orElseThrow()));
            }
            state = new State(contents, before.credentials(), true);
            return before.credentials();
        }
        var credentials = credentials(contents);
        boolean changed = !credentials.equals(before.credentials());
        if (before.failing()) {
            LOG.infof("RocketMQ credentials are readable again changed=%s", changed);
        } else if (changed) {
            LOG.info("RocketMQ credentials have changed, the new ones are in use");
        }
        state = new State(contents, credentials, false);
        return credentials;
    }

    private @Nullable List<String> contents() {
        try {
            return files.contents();
        } catch (IOException e) {
            return null;
        }
    }

    /** The fault of the contents, with the name of the setting; empty if there is none. */
    private Optional<String> fault(@Nullable List<String> contents) {
        for (int i = 0; i < inFiles.size(); i++) {
            var part = inFiles.get(i);
            var fault = contents == null ? readFault(part) : fault(part, contents.get(i));
            if (fault.isPresent()) {
                return Optional.of(
                        "%s: %s. Write the %s, and nothing else, into this file, and let the gateway read it."
                                .formatted(part.fileSetting(), fault.get(), part.name()));
            }
        }
        return contents == null
                ? Optional.of("%s: the files change all the time. Replace all of them at once."
                        .formatted(inFiles.get(0).fileSetting()))
                : Optional.empty();
    }

    private static Optional<String> readFault(Part part) {
        try {
            var content = WatchedFile.of(path(part)).content();
            return fault(part, content);
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static Optional<String> fault(Part part, String content) {
        if (content.isEmpty()) {
            return Optional.of("%s is empty".formatted(path(part)));
        }
        return content.chars().anyMatch(Character::isISOControl)
                ? Optional.of("%s has more than one line, or a control character".formatted(path(part)))
                : Optional.empty();
    }

    private Credentials credentials(List<String> contents) {
        return new Credentials(
                value(access, contents).orElseThrow(), value(secret, contents).orElseThrow(), value(token, contents));
    }

    private Optional<String> value(Part part, List<String> contents) {
        int index = inFiles.indexOf(part);
        return index < 0 ? part.value() : Optional.of(contents.get(index));
    }
}
