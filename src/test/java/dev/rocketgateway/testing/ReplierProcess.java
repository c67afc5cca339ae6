package dev.rocketgateway.testing;

import static org.awaitility.Awaitility.await;

import dev.rocketgateway.devmode.ChildProcess;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;

/** The replier of the documentation, compiled as it stands there, in a process of its own. */
public final class ReplierProcess implements AutoCloseable {

    private static final Path SOURCE = Path.of("docs/examples/Replier.java");
    private static final String CLASS_PATH =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

    private final ChildProcess process;

    private ReplierProcess(ChildProcess process) {
        this.process = process;
    }

    /** Starts it, and waits until a caller of the gateway has had a reply: a new consumer has its queues after a while. */
    public static ReplierProcess replyingTo(String topic, TestBroker broker, GatewayProcess gateway) {
        var process = start(broker.nameServerAddress(), topic);
        try {
            process.awaitOutput("replying to", Duration.ofSeconds(60));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> gateway.publish(topic, "mode=request&timeout=1s", "ready?")
                                    .statusCode()
                            == 200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (RuntimeException e) {
            process.kill();
            throw e;
        }
        return new ReplierProcess(process);
    }

    private static ChildProcess start(String... arguments) {
        try {
            var directory = Files.createTempDirectory(Files.createDirectories(Path.of("target/repliers")), "replier-")
                    .toAbsolutePath();
            compileInto(directory);
            var classPath = new ArrayList<Path>();
            classPath.add(directory);
            Arrays.stream(CLASS_PATH.split(File.pathSeparator)).map(Path::of).forEach(classPath::add);
            var command = new ArrayList<String>();
            command.add("Replier");
            command.addAll(List.of(arguments));
            return ChildProcess.start(
                    "replier",
                    Path.of(System.getProperty("java.home")),
                    directory,
                    List.of("-XX:TieredStopAtLevel=1"),
                    classPath,
                    command,
                    Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void compileInto(Path directory) {
        var faults = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        var files = compiler.getStandardFileManager(null, null, null);
        boolean compiled = compiler.getTask(
                        faults,
                        files,
                        null,
                        List.of("-d", directory.toString(), "-cp", CLASS_PATH, "-Xlint:all,-processing,-classfile"),
                        null,
                        files.getJavaFileObjects(SOURCE))
                .call();
        if (!compiled || faults.toString().contains(SOURCE.getFileName().toString())) {
            throw new IllegalStateException(faults.toString());
        }
    }

    @Override
    public void close() {
        process.kill();
    }
}
