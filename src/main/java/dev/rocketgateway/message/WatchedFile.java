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

    /** Creates a reader of the file. The first call of {@link #content} reads the file. */
    public static WatchedFile of(Path file) {
        return new WatchedFile(file);
    }

    /**
     * The content without surrounding whitespace. The string is the same object as long as the file does not change.
     *
     * @throws IOException if the file cannot be read now. The message is a clause that names the file and the reason; it contains
     *     nothing of the content
     */
    public String content() throws IOException {
        return files.contents().get(0);
    }
}
