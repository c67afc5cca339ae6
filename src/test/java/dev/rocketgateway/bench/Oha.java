package dev.rocketgateway.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The load generator, <a href="https://github.com/hatoo/oha">oha</a>, as a process of its own. Closed loop: each connection (with
 * HTTP/2, each stream) sends its next request when it has the answer to the last. When the time is over it waits for the answers
 * that are due, so what it counted is all there was.
 */
final class Oha {

    private static final Logger LOG = Logger.getLogger(Oha.class);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<Integer> CONFIRMED = List.of(200, 202, 204);

    private final String binary = find();
    private final Path scratch;

    /**
     * @param scratch existing; gets the output
     */
    Oha(Path scratch) {
        this.scratch = scratch;
    }

    /**
     * What to send, and how.
     *
     * @param urls one, or several of which each request takes one by chance
     * @param streams requests at once on a connection of HTTP/2; 0 for HTTP/1.1
     * @param header one more line of the head, with its name; empty for none
     */
    record Requests(List<String> urls, Path body, String contentType, int connections, int streams, String header) {

        Requests(List<String> urls, Path body, String contentType, int connections, int streams) {
            this(urls, body, contentType, connections, streams, "");
        }

        Requests with(String line) {
            return new Requests(urls, body, contentType, connections, streams, line);
        }

        static Requests http1(String url, Path body, int connections) {
            return new Requests(List.of(url), body, "text/plain", connections, 0);
        }
    }

    /**
     * What it says it did.
     *
     * @param statuses answers by status
     * @param errors requests without an answer, by what it says of them
     */
    record Result(
            Map<Integer, Long> statuses, Map<String, Long> errors, double seconds, double p50Millis, double p99Millis) {

        /** A 207, of which a part was stored, is as little a success as an error. */
        Load load(int messagesPerRequest) {
            long all = sum(statuses) + sum(errors);
            long ok = CONFIRMED.stream()
                    .mapToLong(status -> statuses.getOrDefault(status, 0L))
                    .sum();
            return new Load(ok * messagesPerRequest, (all - ok) * messagesPerRequest, seconds, p50Millis, p99Millis);
        }

        private static long sum(Map<?, Long> counts) {
            return counts.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    Result run(Requests requests, Duration time) {
        var output = scratch.resolve("oha.json");
        try {
            var process = new ProcessBuilder(command(requests, time))
                    .redirectOutput(output.toFile())
                    .redirectError(scratch.resolve("oha.err").toFile())
                    .start();
            try {
                if (!process.waitFor(time.toSeconds() + 60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                    throw new IllegalStateException("oha failed: " + Files.readString(scratch.resolve("oha.err")));
                }
            } finally {
                process.destroyForcibly();
            }
            var result = read(JSON.readTree(output.toFile()));
            if (result.load(1).failed() > 0) {
                LOG.warnf("not all got through: statuses=%s errors=%s", result.statuses(), result.errors());
            }
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private List<String> command(Requests requests, Duration time) throws IOException {
        var line = new ArrayList<>(List.of(binary, "--no-tui", "--output-format", "json", "-m", "POST", "-w"));
        line.addAll(List.of("-z", time.toMillis() + "ms", "-t", "30s"));
        line.addAll(List.of("-D", requests.body().toString(), "-T", requests.contentType()));
        line.addAll(List.of("-c", String.valueOf(requests.connections())));
        if (!requests.header().isEmpty()) {
            line.addAll(List.of("-H", requests.header()));
        }
        if (requests.streams() > 0) {
            line.addAll(List.of("--http-version", "2", "-p", String.valueOf(requests.streams())));
        }
        if (requests.urls().size() == 1) {
            line.add(requests.urls().get(0));
        } else {
            var file = Files.write(scratch.resolve("urls"), requests.urls());
            line.addAll(List.of("--urls-from-file", file.toString()));
        }
        return line;
    }

    private static Result read(JsonNode json) {
        var statuses = new TreeMap<Integer, Long>();
        json.get("statusCodeDistribution")
                .properties()
                .forEach(entry -> statuses.put(
                        Integer.valueOf(entry.getKey()), entry.getValue().asLong()));
        var errors = new TreeMap<String, Long>();
        json.get("errorDistribution")
                .properties()
                .forEach(entry -> errors.put(entry.getKey(), entry.getValue().asLong()));
        var latencies = json.get("latencyPercentiles");
        return new Result(
                statuses,
                errors,
                json.get("summary").get("total").asDouble(),
                latencies.get("p50").asDouble(Double.NaN) * 1000,
                latencies.get("p99").asDouble(Double.NaN) * 1000);
    }

    private static String find() {
        var named = System.getenv("OHA");
        if (named != null && !named.isBlank()) {
            return named;
        }
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, "oha"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toString)
                .orElseThrow(() -> new IllegalStateException(
                        "oha is not on the PATH, and OHA does not name it: 'cargo install oha --locked' installs it"));
    }
}
