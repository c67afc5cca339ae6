package dev.rocketgateway.subscription;

import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What an answer means: the status that is the usual one, and one that no list names. */
@State(Scope.Benchmark)
public class VerdictMicro {

    private final Responses responses =
            new Responses(List.of("2xx"), List.of("400", "422"), List.of("410"), List.of("408", "429", "5xx"));

    @Benchmark
    public Object acknowledged() {
        return responses.verdict(204);
    }

    @Benchmark
    public Object unnamed() {
        return responses.verdict(399);
    }
}
