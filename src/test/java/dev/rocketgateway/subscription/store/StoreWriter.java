package dev.rocketgateway.subscription.store;

import java.io.IOException;
import java.util.Map;

/** A process that stores one subscription after another, and prints the name of each when it is stored. */
final class StoreWriter {

    private StoreWriter() {}

    /**
     * @param arguments the file, and the number of this run; with 0 it writes nothing and keeps the file
     */
    public static void main(String[] arguments) throws IOException {
        var store = TestStore.with(Map.of("url", "jdbc:h2:file:" + arguments[0]));
        store.subscriptions.refresh();
        System.out.println("ready");
        if (arguments[1].equals("0")) {
            System.in.read();
            return;
        }
        for (int i = 0; ; i++) {
            var name = "s-%s-%d".formatted(arguments[1], i);
            store.insert(name);
            System.out.println(name);
        }
    }
}
