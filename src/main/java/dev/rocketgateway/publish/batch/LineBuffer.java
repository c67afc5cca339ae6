package dev.rocketgateway.publish.batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Splits text that arrives in chunks into lines, and groups the lines into pieces of a bounded size.
 *
 * <p>Blank lines are skipped, and a carriage return before the line feed belongs to the line end. Not thread-safe.
 */
final class LineBuffer {

    /** One line without its line end. If the line is too long for a message, its content is dropped. */
    record Line(byte[] bytes, boolean tooLong) {}

    private static final int MAX_PIECE_LINES = 1000;
    private static final int PIECE_BYTES = 1 << 20;
    private static final int FIRST_CAPACITY = 1024;
    private static final int LINE_OVERHEAD = 100;
    private static final byte[] NOTHING = {};

    private final int maxLine;
    private final int perLine;
    private final int pieceLines;
    private final List<Line> lines = new ArrayList<>();
    private int bytes;
    private byte[] line = new byte[FIRST_CAPACITY];
    private int length;
    private boolean tooLong;

    /**
     * @param maxLine maximum length of a line in bytes; longer lines lose their content
     * @param perLine memory that each line takes in addition to its own bytes
     * @param maxPiece maximum number of lines in a piece
     */
    LineBuffer(int maxLine, int perLine, int maxPiece) {
        this.maxLine = maxLine;
        this.perLine = perLine;
        this.pieceLines =
                Math.max(1, Math.min(Math.min(MAX_PIECE_LINES, maxPiece), PIECE_BYTES / (perLine + LINE_OVERHEAD)));
    }

    void add(byte[] chunk) {
        int start = 0;
        for (int i = 0; i < chunk.length; i++) {
            if (chunk[i] == '\n') {
                addToLine(chunk, start, i);
                end();
                start = i + 1;
            }
        }
        addToLine(chunk, start, chunk.length);
    }

    /** Ends the current line, at a line feed or at the end of the body. */
    void end() {
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        if (tooLong || end > maxLine) {
            lines.add(new Line(NOTHING, true));
        } else if (!isBlank(end)) {
            lines.add(new Line(Arrays.copyOf(line, end), false));
            bytes += end;
        }
        length = 0;
        tooLong = false;
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    boolean isPieceFull() {
        return lines.size() >= pieceLines || bytes >= PIECE_BYTES;
    }

    /** Removes and returns the first lines. A chunk can have many more lines than a piece. */
    List<Line> nextPiece() {
        var first = lines.subList(0, Math.min(pieceLines, lines.size()));
        var piece = List.copyOf(first);
        first.clear();
        bytes -= piece.stream().mapToInt(one -> one.bytes().length).sum();
        return piece;
    }

    /** Releases everything; nothing can be added afterwards. */
    void clear() {
        lines.clear();
        line = NOTHING;
        length = 0;
    }

    /** The approximate size in memory: the bytes and objects of all lines, and the additional memory of the lines of one piece. */
    long heldBytes() {
        return (long) line.length
                + bytes
                + (long) LINE_OVERHEAD * lines.size()
                + (long) perLine * Math.min(pieceLines, lines.size());
    }

    private void addToLine(byte[] chunk, int start, int end) {
        int more = end - start;
        // One byte more than the limit, because the line end can begin with a carriage return.
        if (tooLong || (long) length + more > maxLine + 1L) {
            tooLong = true;
            length = 0;
            return;
        }
        if (length + more > line.length) {
            line = Arrays.copyOf(line, Math.max(length + more, (int) Math.min(2L * line.length, maxLine + 1L)));
        }
        System.arraycopy(chunk, start, line, length, more);
        length += more;
    }

    private boolean isBlank(int end) {
        for (int i = 0; i < end; i++) {
            if (line[i] != ' ' && line[i] != '\t') {
                return false;
            }
        }
        return true;
    }
}
