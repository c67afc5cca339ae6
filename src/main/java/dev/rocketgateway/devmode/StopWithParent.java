package dev.rocketgateway.devmode;

import java.io.IOException;
import java.util.Arrays;

/**
 * Main class of every child process: runs other main classes, one after the other, and ends when the parent process ends.
 *
 * <p>Standard input is a pipe from the parent. The operating system closes the pipe when the parent ends, even after
 * {@code kill -9}. Uses only the JDK, because the child sees no other class of the gateway.
 */
final class StopWithParent {

    /** Separates the arguments of one main class from the name of the next. */
    static final String NEXT = "++";

    private StopWithParent() {}

    /**
     * Runs the main classes, and watches the parent on another thread.
     *
     * @param arguments a class with a main method and its arguments; after {@value #NEXT}, the class to run when that method has
     *     returned
     */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        var watch = new Thread(StopWithParent::haltAtEndOfInput, "stop-with-parent");
        watch.setDaemon(true);
        watch.start();
        int start = 0;
        for (int end = 0; end <= arguments.length; end++) {
            if (end == arguments.length || arguments[end].equals(NEXT)) {
                Class.forName(arguments[start])
                        .getMethod("main", String[].class)
                        .invoke(null, (Object) Arrays.copyOfRange(arguments, start + 1, end));
                start = end + 1;
            }
        }
    }

    private static void haltAtEndOfInput() {
        try {
            while (System.in.read() >= 0) {}
        } catch (IOException brokenPipe) {
            // Also means that the parent has ended.
        }
        Runtime.getRuntime().halt(0);
    }
}
