package dev.rocketgateway.message;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Reads a text file, and reads it again when it changes; see {@link WatchedFiles}. Thread-safe. */
public final class WatchedFile {

    private final WatchedFiles files;

    private WatchedFile(Path file) {
        this.files = WatchedFiles.of(List.of(file));
    }

    /** A file that is first read when its content is asked for. */
    public static WatchedFile of(Path file) {
        return new WatchedFile(file);
    }

    /**
     * The content without surrounding whitespace. The string is the same object as long as the file does not change.
     *
     * @throws IOException if the file cannot be read now. Its message is a clause that names the file and the reason, and nothing of
     *     its content
     */
    public String content() throws IOException {
        return files.contents().get(0);
    }
}
