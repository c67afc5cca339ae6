package dev.rocketgateway.devmode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes the files that a local name server and broker read when they start, to the directory of both. */
final class LocalRocketMqFiles {

    private static final String BROKER_NAME = "broker-a";
    private static final String TOPICS = "store/config/topics.json";
    private static final String NO_TOPICS = "{\"dataVersion\":{\"counter\":1,\"timestamp\":1},\"topicConfigTable\":{}}";
    private static final Pattern TOPIC_TABLE = Pattern.compile("\"topicConfigTable\"\\s*:\\s*\\{");

    /**
     * Logging configuration with which name server and broker log to standard output. Their default configuration logs to files and
     * takes half a second to read.
     */
    private static final String LOGGING = """
            <configuration>
              <appender name="output" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%d %-5p [%c{1}] %m%n</pattern></encoder>
              </appender>
              <logger name="RocketmqBroker" level="INFO"/>
              <root level="WARN"><appender-ref ref="output"/></root>
            </configuration>
            """;

    private final Path directory;

    LocalRocketMqFiles(Path directory) {
        this.directory = directory;
    }

    Path nameServerSettings(int port) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("listenPort", String.valueOf(port));
        settings.put("bindAddress", "127.0.0.1");
        settings.put("kvConfigPath", path("namesrv/kvConfig.json"));
        settings.put("configStorePath", path("namesrv/namesrv.properties"));
        return writeSettings("namesrv.conf", settings);
    }

    /**
     * Writes the settings of the broker, and returns the path of their file.
     *
     * @param more additional settings, which override the settings of this method
     */
    Path brokerSettings(int port, String nameServerAddress, Map<String, String> more) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("listenPort", String.valueOf(port));
        settings.put("bindAddress", "127.0.0.1");
        settings.put("brokerIP1", "127.0.0.1");
        settings.put("namesrvAddr", nameServerAddress);
        settings.put("brokerName", BROKER_NAME);
        settings.put("brokerId", "0");
        settings.put("brokerClusterName", "local");
        settings.put("storePathRootDir", path("store"));
        settings.put("storePathCommitLog", path("store/commitlog"));
        settings.put("mappedFileSizeCommitLog", "134217728");
        settings.put("flushDiskType", "ASYNC_FLUSH");
        settings.put("autoCreateTopicEnable", "true");
        settings.put("enablePropertyFilter", "true");
        settings.put("timerWheelEnable", "true");
        // A thread of the broker spins for this long, 10 s by default, after every start; then it writes a file at this
        // interval.
        settings.put("transactionMetricFlushInterval", "500");
        // The broker compares its timer wheel byte by byte at this interval. The default, once a second, costs a third
        // of a core. After a crash, the broker reads again what it wrote since the last comparison.
        settings.put("timerFlushIntervalMs", "60000");
        // How often the broker registers its topics with the name server; this is the minimum.
        settings.put("registerNameServerPeriod", "10000");
        // With the default, the broker refuses messages on a disk that is three quarters full, which is common on
        // laptops.
        settings.put("diskMaxUsedSpaceRatio", "95");
        settings.putAll(more);
        return writeSettings("broker.conf", settings);
    }

    String brokerName(Map<String, String> settings) {
        return settings.getOrDefault("brokerName", BROKER_NAME);
    }

    static Path temporary(Path directory) {
        return directory.resolve("tmp");
    }

    /** The directory in which name server and broker unpack files. */
    Path temporary() {
        try {
            return Files.createDirectories(temporary(directory));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path logging() {
        // Versions of RocketMQ before 5.0 read their files from conf, and do not start without them.
        write("conf/logback_namesrv.xml", LOGGING);
        write("conf/logback_broker.xml", LOGGING);
        return write("logback.xml", LOGGING);
    }

    static Path lockFile(Path directory) {
        return directory.resolve("store/lock");
    }

    /**
     * Adds topics to the file in which the broker stores its topics. Call it before the start: a running broker overwrites the
     * file.
     */
    void addTopics(Collection<String> topics, int queues) {
        var file = directory.resolve(TOPICS);
        var known = Files.exists(file) ? read(file) : NO_TOPICS;
        var missing = topics.stream()
                .filter(topic -> !Pattern.compile("\"topicName\"\\s*:\\s*" + Pattern.quote("\"" + topic + "\""))
                        .matcher(known)
                        .find())
                .map(topic -> """
                        "%1$s":{"topicName":"%1$s","readQueueNums":%2$d,"writeQueueNums":%2$d,"perm":6,\
                        "topicFilterType":"SINGLE_TAG","topicSysFlag":0,"order":false}""".formatted(topic, queues))
                .collect(Collectors.joining(","));
        if (missing.isEmpty()) {
            return;
        }
        var table = TOPIC_TABLE.matcher(known);
        if (!table.find()) {
            throw new IllegalStateException(file + " has no topics; delete " + directory);
        }
        var rest = known.substring(table.end());
        write(TOPICS, known.substring(0, table.end()) + missing + (rest.strip().startsWith("}") ? "" : ",") + rest);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path writeSettings(String name, Map<String, String> settings) {
        return write(
                name,
                settings.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                        .collect(Collectors.joining()));
    }

    private Path write(String name, String text) {
        try {
            var file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }
}
