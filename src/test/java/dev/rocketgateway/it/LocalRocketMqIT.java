package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.devmode.ChildProcess;
import dev.rocketgateway.devmode.LocalRocketMq;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

public class LocalRocketMqIT {

    /** A parent that starts a name server and a broker, and waits to be killed. */
    public static final class Parent {

        private Parent() {}

        public static void main(String[] arguments) throws InterruptedException {
            var rocketMq = new LocalRocketMq(Path.of(arguments[0]), Path.of(arguments[1]), Map.of(), false);
            rocketMq.start();
            System.out.printf(
                    "children %d %d%n",
                    rocketMq.nameServer().pid(), rocketMq.broker().pid());
            Thread.currentThread().join();
        }
    }

    @Test
    void endsWithItsParentEvenWhenThatIsKilledByForce() throws Exception {
        var home = Path.of(System.getProperty("rocketmq.local.directory")).toAbsolutePath();
        var directory = Files.createTempDirectory(Files.createDirectories(home.resolve("tests")), "parent-");
        var classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .toList();
        var parent = ChildProcess.start(
                "parent",
                Path.of(System.getProperty("java.home")),
                directory,
                List.of(),
                classPath,
                List.of(
                        Parent.class.getName(),
                        home.resolve("classpath").toString(),
                        directory.resolve("rocketmq").toString()),
                Map.of());
        parent.awaitOutput("children ", Duration.ofSeconds(60));
        await().until(() -> parent.output().endsWith(System.lineSeparator()));
        var pids = Pattern.compile("children (\\d+) (\\d+)").matcher(parent.output());
        assertThat(pids.find()).isTrue();
        long nameServer = Long.parseLong(pids.group(1));
        long broker = Long.parseLong(pids.group(2));
        assertThat(isAlive(nameServer)).isTrue();
        assertThat(isAlive(broker)).isTrue();

        parent.kill();

        await().atMost(Duration.ofSeconds(5)).until(() -> !isAlive(nameServer) && !isAlive(broker));
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
}
