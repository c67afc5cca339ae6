package dev.rocketgateway.devmode;

import java.io.IOException;
import java.util.Arrays;

/**
 * Main class of every child process: runs another main class, and ends when the parent does.
 *
 * <p>Standard input is a pipe from the parent. The operating system closes it when the parent ends, however it ends, so this
 * works after {@code kill -9} too. Uses the JDK only: its class file is all of ours that the child can see.
 */
final class StopWithParent {

    private StopWithParent() {}

    /**
     * @param arguments a class with a main method, and its arguments
     */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        var watch = new Thread(StopWithParent::haltAtEndOfInput, "stop-with-parent");
        watch.setDaemon(true);
        watch.start();
        Class.forName(arguments[0]).getMethod("main", String[].class).invoke(null, (Object)
                Arrays.copyOfRange(arguments, 1, arguments.length));
    }

    private static void haltAtEndOfInput() {
        try {
            while (System.in.read() >= 0) {}
        } catch (IOException brokenPipe) {
            // The same news.
        }
        Runtime.getRuntime().halt(0);
    }
}
