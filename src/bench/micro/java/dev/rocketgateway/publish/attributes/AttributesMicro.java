package dev.rocketgateway.publish.attributes;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Reading the attributes of a message: those every request has, and five more of its own. */
@State(Scope.Benchmark)
public class AttributesMicro {

    private final AttributeRules rules =
            new AttributeRules(Set.of("UNIQ_KEY"), Duration.ofSeconds(30), Duration.ofDays(3), Instant::now);
    private final MultiMap plain = headers();
    private final MultiMap own = headers()
            .add("RocketMQ-Tag", "paid")
            .add("RocketMQ-Keys", "order-1,customer-7")
            .add("RocketMQ-Property", "region=eu")
            .add("RocketMQ-Property", "amount=12.50")
            .add("RocketMQ-Timeout", "2s");
    private final Map<String, List<String>> query = new QueryStringDecoder("mode=async", false).parameters();

    private static MultiMap headers() {
        return MultiMap.caseInsensitiveMultiMap()
                .add("Host", "gateway:8080")
                .add("Accept", "*/*")
                .add("User-Agent", "curl/8.5.0")
                .add("Content-Type", "text/plain")
                .add("Content-Length", "256");
    }

    @Benchmark
    public Object none() {
        return RequestAttributes.read(query, plain, rules);
    }

    @Benchmark
    public Object five() {
        return RequestAttributes.read(query, own, rules);
    }
}
