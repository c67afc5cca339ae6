package dev.rocketgateway.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Executors;

/**
 * The yardstick: the RocketMQ client used directly, by a program of its own whose processor time and memory can be read.
 *
 * <p>Arguments are the name server and the topic. Each line of input is one round, {@code run <mode> <n> <size> <millis>}, and
 * is answered with a line of JSON. It ends with its input, so with the process that started it.
 *
 * <pre>
 * mode      | n
 * ----------|---------------------------------------------------------------------------
 * sync      | threads, each of which waits for its send
 * async     | sends in flight
 * autobatch | the same, with the client's own batches, {@code setAutoBatch(true)}
 * paced     | sends per second by one thread that waits for each
 * post=URL  | HTTP requests per second by one thread, paced and measured by the same code
 * </pre>
 */
final class ClientAlone {

    private ClientAlone() {}

    public static void main(String[] arguments) throws Exception {
        var sends = new ClientSends(arguments[0], arguments[1]);
        // Rounds have a thread of their own, so that the end of the input is noticed in the middle of one.
        var rounds = Executors.newSingleThreadExecutor();
        try (var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                var round = line.split(" ");
                rounds.execute(() -> System.out.println(answer(sends, round)));
            }
        } catch (IOException e) {
            System.err.println(e);
        }
        Runtime.getRuntime().halt(0);
    }

    private static String answer(ClientSends sends, String[] round) {
        try {
            int n = Integer.parseInt(round[2]);
            int size = Integer.parseInt(round[3]);
            long nanos = Long.parseLong(round[4]) * 1_000_000;
            var load =
                    switch (round[1]) {
                        case "sync" -> sends.sync(n, size, nanos);
                        case "async" -> sends.async(n, size, nanos);
                        case "autobatch" -> sends.autoBatch(n, size, nanos);
                        case "paced" -> sends.paced(n, size, nanos);
                        default -> PacedPost.run(round[1].substring("post=".length()), n, size, nanos);
                    };
            return String.format(
                    Locale.ROOT,
                    "{\"ok\":%d,\"failed\":%d,\"seconds\":%.6f,\"p50Millis\":%.4f,\"p99Millis\":%.4f}",
                    load.ok(),
                    load.failed(),
                    load.seconds(),
                    load.p50Millis(),
                    load.p99Millis());
        } catch (Exception e) {
            e.printStackTrace();
            return "{\"error\":\"" + e.getClass().getName() + "\"}";
        }
    }
}
