package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rocketgateway.testing.Command;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The workers of the documentation receive, process, acknowledge and stop. */
@Execution(ExecutionMode.CONCURRENT) // most of their time the workers wait for a message
class WorkersIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int MESSAGES = 5;

    @TempDir
    private Path directory;

    /** A program, and how to run it with a subscription. */
    enum Program {
        PYTHON("work.py", "python3"),
        NODE("work.mjs", "node"),
        GO("work.go", "go", "run"),
        PHP("work.php", "php"),
        BASH("work.sh", "bash");

        private final Path file;
        private final List<String> interpreter;

        Program(String file, String... interpreter) {
            this.file = Path.of("docs", "examples", "work", file).toAbsolutePath();
            this.interpreter = List.of(interpreter);
        }

        List<String> command(String subscription) {
            var command = new ArrayList<>(interpreter);
            command.add(file.toString());
            command.add(subscription);
            if (this == BASH) {
                // It writes each body, and a line end.
                command.addAll(List.of("sed", ""));
            }
            return command;
        }
    }

    @ParameterizedTest
    @EnumSource
    void processesEachMessageOnceAndStops(Program program) throws IOException, InterruptedException {
        assumeTrue(Command.isInstalled(program.interpreter.get(0)), program + " is not installed");
        assumeTrue(program != Program.BASH || Command.isInstalled("curl"), "curl is not installed");
        var gateway = GatewayProcess.shared();
        var subscriptions = new Subscriptions(gateway);
        var topic = BROKER.newTopic();
        var name = "work-" + Long.toString(System.nanoTime(), 36);
        Subscriptions.json(
                subscriptions.post(
                        "/subscriptions",
                        "{\"name\":\"%s\",\"source\":{\"topic\":\"%s\"},\"pull\":{}}".formatted(name, topic)),
                201);
        subscriptions.awaitPhase(name, "RUNNING");
        var output = directory.resolve("output");
        var errors = directory.resolve("errors");
        var builder = new ProcessBuilder(program.command(name))
                .directory(directory.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().put("GATEWAY", gateway.root().toString());
        var worker = builder.start();
        try {
            for (int i = 0; i < MESSAGES; i++) {
                gateway.publish(topic, "", "job %d\n".formatted(i));
            }

            await().atMost(LIMIT).until(() -> acknowledged(subscriptions, name) == MESSAGES || !worker.isAlive());

            assertThat(worker.isAlive()).as(Files.readString(errors)).isTrue();
            worker.children().forEach(ProcessHandle::destroy);
            worker.destroy();
            // A receive takes up to 20 s.
            assertThat(worker.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            var printed = Files.readString(output);
            for (int i = 0; i < MESSAGES; i++) {
                assertThat(printed.split("job " + i, -1)).as(printed).hasSize(2);
            }
        } finally {
            worker.descendants().forEach(ProcessHandle::destroyForcibly);
            worker.destroyForcibly();
            subscriptions.delete(name, "");
        }
    }

    private static int acknowledged(Subscriptions subscriptions, String name) {
        return subscriptions.attempts(name, "?outcome=acknowledged").size();
    }
}
