package dev.rocketgateway.devmode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Launches the programs of a local RocketMQ as child processes, with options that reduce their memory and start time. */
final class LocalRocketMqLauncher {

    private static final String NAME_SERVER = "org.apache.rocketmq.namesrv.NamesrvStartup";
    private static final String BROKER = "org.apache.rocketmq.broker.BrokerStartup";
    private static final List<String> BROKER_MEMORY = List.of("-Xmx1g", "-XX:MaxDirectMemorySize=512m");

    private final Path directory;
    private final List<Path> classPath;
    private final LocalRocketMqFiles files;
    private final Map<String, String> brokerSettings;
    private final boolean tls;

    /**
     * @param classPathFile one entry per line
     * @param directory absolute path of the directory for all files; created if missing
     * @param brokerSettings additional broker settings
     * @param tls whether the programs also support TLS
     */
    LocalRocketMqLauncher(
            Path classPathFile,
            Path directory,
            LocalRocketMqFiles files,
            Map<String, String> brokerSettings,
            boolean tls) {
        this.directory = directory;
        this.files = files;
        this.brokerSettings = Map.copyOf(brokerSettings);
        this.tls = tls;
        try {
            this.classPath = Files.readAllLines(classPathFile).stream()
                    .filter(line -> !line.isBlank())
                    .map(Path::of)
                    .toList();
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the class path of the local RocketMQ is missing; run './mvnw generate-resources' to write it", e);
        }
    }

    List<Path> classPath() {
        return classPath;
    }

    String brokerName() {
        return files.brokerName(brokerSettings);
    }

    /** Launches name server and broker in one process. */
    ChildProcess both(int nameServerPort, int brokerPort) {
        return launch(
                "rocketmq",
                List.of(
                        NAME_SERVER,
                        "-c",
                        files.nameServerSettings(nameServerPort).toString(),
                        StopWithParent.NEXT,
                        BROKER,
                        "-c",
                        brokerSettings(brokerPort, "127.0.0.1:" + nameServerPort)),
                BROKER_MEMORY);
    }

    ChildProcess nameServer(int port) {
        return launch(
                "namesrv",
                List.of(NAME_SERVER, "-c", files.nameServerSettings(port).toString()),
                List.of("-Xmx256m"));
    }

    ChildProcess broker(int port, String nameServerAddress) {
        return launch("broker", List.of(BROKER, "-c", brokerSettings(port, nameServerAddress)), BROKER_MEMORY);
    }

    private String brokerSettings(int port, String nameServerAddress) {
        return files.brokerSettings(port, nameServerAddress, brokerSettings).toString();
    }

    private ChildProcess launch(String name, List<String> command, List<String> memory) {
        var options = new ArrayList<>(memory);
        options.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-BytecodeVerificationRemote",
                // Without this option, both programs would create a TLS key pair at every start, which takes seconds.
                "-Dtls.server.mode=" + (tls ? "permissive" : "disabled"),
                "-Dfastjson2.creator=reflect",
                "-Drmq.logback.configurationFile=" + files.logging(),
                "-XX:-UsePerfData",
                // A search through all network interfaces would make the broker late for its registration.
                "-Dio.netty.machineId=00:00:00:00:00:01",
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                // The broker unpacks a native library of 12 MB at every start, and leaves it there when it is killed.
                "-Djava.io.tmpdir=" + files.temporary(),
                "-Duser.home=" + directory));
        return ChildProcess.start(
                name,
                Path.of(System.getProperty("java.home")),
                directory,
                options,
                classPath,
                command,
                Map.of("ROCKETMQ_HOME", directory.toString()));
    }
}
