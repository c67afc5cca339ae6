import dev.rocketgateway.devmode.LocalRocketMq;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A name server and a broker for the image test: prints the name server's address, and ends with its standard input.
 *
 * <p>Arguments: the class path file, a scratch directory, the topics. Runs from source, beside target/classes.
 */
final class LocalBroker {

    private LocalBroker() {}

    public static void main(String[] arguments) throws InterruptedException, IOException {
        var rocketMq = new LocalRocketMq(Path.of(arguments[0]), Path.of(arguments[1]), Map.of(), false);
        Runtime.getRuntime().addShutdownHook(new Thread(rocketMq::stop));
        rocketMq.prepareTopics(List.of(arguments).subList(2, arguments.length), 4);
        rocketMq.start();
        System.out.println(rocketMq.nameServerAddress());
        while (System.in.read() >= 0) {}
        System.exit(0);
    }
}
