package dev.rocketgateway.testing;

import dev.rocketgateway.devmode.ChildProcess;
import dev.rocketgateway.devmode.LocalRocketMq;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Name server and broker as child processes. */
final class ProcessBroker extends TestBroker {

    private final LocalRocketMq rocketMq;
    private final Path directory;
    private final Map<String, String> settings;
    private final Path home = Path.of(System.getProperty("rocketmq.local.directory", "target/rocketmq"));

    ProcessBroker(Map<String, String> settings, boolean tls) {
        this(settings, tls, "classpath", null);
    }

    ProcessBroker(Map<String, String> settings, String classPath) {
        this(settings, false, classPath, null);
    }

    private ProcessBroker(Map<String, String> settings, boolean tls, String classPath, @Nullable ProcessBroker first) {
        this.settings = Map.copyOf(settings);
        try {
            directory = Files.createTempDirectory(Files.createDirectories(home.resolve("tests")), "broker-");
            var all = new HashMap<>(settings);
            all.put("authConfigPath", directory.resolve("auth").toAbsolutePath().toString());
            rocketMq = new LocalRocketMq(home.resolve(classPath), directory, all, tls);
            if (first == null) {
                rocketMq.start();
            } else {
                rocketMq.join(first.rocketMq);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @Override
    public TestBroker another(String name, Map<String, String> more) {
        var its = new HashMap<>(settings);
        its.putAll(more);
        its.put("brokerName", name);
        return new ProcessBroker(its, false, "classpath", this);
    }

    @Override
    public String nameServerAddress() {
        return rocketMq.nameServerAddress();
    }

    @Override
    public String address() {
        return rocketMq.brokerAddress();
    }

    @Override
    public void killBroker() {
        rocketMq.broker().kill();
    }

    @Override
    public void restartBroker() {
        try {
            rocketMq.startBroker();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @Override
    public void freezeBroker() {
        signal("STOP", rocketMq.broker());
    }

    @Override
    public void thawBroker() {
        signal("CONT", rocketMq.broker());
    }

    @Override
    public void killNameServer() {
        rocketMq.nameServer().kill();
    }

    @Override
    public void restartNameServer() {
        try {
            rocketMq.startNameServer();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @Override
    public void registerBroker() {
        rocketMq.register();
    }

    @Override
    public void repair() {
        if (rocketMq.broker().isAlive()) {
            thawBroker();
        }
        try {
            rocketMq.startWhatHasEnded();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @Override
    public String admin(String... command) {
        var line = new ArrayList<String>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-BytecodeVerificationRemote"));
        line.add("-Duser.home=" + home.toAbsolutePath());
        line.add("-cp");
        line.add(rocketMq.classPath().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        line.add("org.apache.rocketmq.tools.command.MQAdminStartup");
        line.addAll(List.of(command));
        line.addAll(List.of("-n", nameServerAddress()));
        return run(line);
    }

    @Override
    protected void stop() {
        rocketMq.stop();
        // Messages, of which a whole suite stores gigabytes. What the broker has logged stays.
        ScratchFiles.delete(directory.resolve("store"));
    }

    private static void signal(String name, ChildProcess process) {
        run(List.of("kill", "-" + name, String.valueOf(process.pid())));
    }

    private static String run(List<String> command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("%s failed: %s".formatted(command.get(0), output));
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException(e);
    }
}
