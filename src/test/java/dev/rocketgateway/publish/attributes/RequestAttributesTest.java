package dev.rocketgateway.publish.attributes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rocketgateway.message.DeliverySchedule;
import dev.rocketgateway.message.Durations;
import dev.rocketgateway.message.Instants;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestAttributesTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final AttributeRules RULES =
            new AttributeRules(Set.of("UNIQ_KEY"), Duration.ofSeconds(30), Duration.ofDays(3), () -> NOW);

    private static RequestAttributes read(String query, String... headers) {
        var map = MultiMap.caseInsensitiveMultiMap();
        for (int i = 0; i < headers.length; i += 2) {
            map.add(headers[i], headers[i + 1]);
        }
        return RequestAttributes.read(new QueryStringDecoder(query, false).parameters(), map, RULES);
    }

    private static MessageAttributes parse(String query, String... headers) {
        return read(query, headers).message();
    }

    private static GatewayException refusal(String query, String... headers) {
        return catchThrowableOfType(GatewayException.class, () -> parse(query, headers));
    }

    @Test
    void readsEverythingFromTheQuery() {
        var request = read("mode=async&tag=t&key=a&key=b&messageGroup=g&property.x=1&property.X=2&timeout=3s");
        var attributes = request.message();

        assertThat(attributes.tag()).hasValue("t");
        assertThat(attributes.keys()).containsExactly("a", "b");
        assertThat(attributes.properties()).isEqualTo(Map.of("x", "1", "X", "2"));
        assertThat(attributes.messageGroup()).hasValue("g");
        assertThat(attributes.schedule()).isEmpty();
        assertThat(request.timeout()).hasValue(Duration.ofSeconds(3));
    }

    @Test
    void readsEverythingFromHeaders() {
        var request = read(
                "",
                "RocketMQ-Message-Group",
                "gr%C3%BCn%2C1",
                "rocketmq-tag",
                "gr%C3%BCn",
                "RocketMQ-Keys",
                "a, b%2Cc",
                "RocketMQ-Keys",
                "d",
                "RocketMQ-Property",
                "x=1=2",
                "RocketMQ-Property",
                "%20y = z ",
                "RocketMQ-Timeout",
                "PT1S",
                "Idempotency-Key",
                "i-1",
                "Content-Type",
                "text/plain",
                "Content-Encoding",
                "br");
        var attributes = request.message();

        assertThat(attributes.tag()).hasValue("grün");
        assertThat(attributes.messageGroup()).hasValue("grün,1");
        assertThat(attributes.keys()).containsExactly("a", "b,c", "d", "i-1");
        assertThat(attributes.properties())
                .isEqualTo(Map.of(
                        "x", "1=2",
                        " y", "z",
                        "idempotencyKey", "i-1",
                        "contentType", "text/plain",
                        "contentEncoding", "br"));
        assertThat(request.timeout()).hasValue(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({"delay=5s,RocketMQ-Delay,5s", "delay=1m,RocketMQ-Delay,PT1M", "delay=3d,RocketMQ-Delay,3d"})
    void readsADelay(String query, String header, String value) {
        var expected = new DeliverySchedule.After(Durations.parse(value));

        assertThat(parse(query).schedule()).hasValue(expected);
        assertThat(parse("", header, value).schedule()).hasValue(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-11-22T12:00:01Z", "2026-11-22T13:00:01%2B01:00", "1795348801000"})
    void readsADeliveryTime(String time) {
        var expected = new DeliverySchedule.At(NOW.plusSeconds(1));

        assertThat(parse("deliverAt=" + time).schedule()).hasValue(expected);
        assertThat(parse("", "RocketMQ-Deliver-At", time).schedule()).hasValue(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-11-22T12:00:00Z", "1795348800000", "1999-12-31T23:59:59Z"})
    void takesATimeThatHasPassed(String time) {
        assertThat(parse("deliverAt=" + time).schedule()).hasValue(new DeliverySchedule.At(Instants.parse(time)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 18})
    void readsADelayLevel(int level) {
        assertThat(parse("delayLevel=" + level).schedule()).hasValue(new DeliverySchedule.Level(level));
        assertThat(parse("", "RocketMQ-Delay-Level", "" + level).schedule())
                .hasValue(new DeliverySchedule.Level(level));
    }

    @Test
    void takesTheSameValueFromBothPlaces() {
        var attributes = parse(
                "tag=t&key=a&timeout=1s&property.x=1",
                "RocketMQ-Tag",
                "t",
                "RocketMQ-Keys",
                "a",
                "RocketMQ-Timeout",
                "1s",
                "RocketMQ-Property",
                "x=1");

        assertThat(attributes.tag()).hasValue("t");
        assertThat(attributes.keys()).containsExactly("a");
        assertThat(attributes.properties()).containsEntry("x", "1");
    }

    @ParameterizedTest
    @CsvSource({
        "tag=a,RocketMQ-Tag,b,tag",
        "key=a,RocketMQ-Keys,b,key",
        "timeout=1s,RocketMQ-Timeout,2s,timeout",
        "messageGroup=a,RocketMQ-Message-Group,b,messageGroup",
        "delay=1s,RocketMQ-Delay,2s,delay",
        "deliverAt=1795348801000,RocketMQ-Deliver-At,1795348802000,deliverAt",
        "delayLevel=1,RocketMQ-Delay-Level,2,delayLevel",
        "property.x=1,RocketMQ-Property,x=2,property.x",
    })
    void refusesDifferentValuesFromTheTwoPlaces(String query, String header, String value, String field) {
        assertThat(fields(refusal(query, header, value))).containsExactly(field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "tag=;tag;must not be empty or blank",
                "tag=a|b;tag;must not contain '|'",
                "tag=%20a;tag;must not begin or end with a space",
                "tag=a%02;tag;must not contain the characters U+0001 and U+0002, which separate properties",
                "key=;key;must not be empty or blank",
                "key=a%20b;key;must not contain whitespace, which separates keys",
                "property.UNIQ_KEY=1;property.UNIQ_KEY;is a property name that RocketMQ reserves; use another name",
                "property.=1;property.;needs a name after the dot",
                "property.x=;property.x;must not be empty or blank",
                "property.x=%20;property.x;must not be empty or blank",
                "property.x=a%01;property.x;must not contain the characters U+0001 and U+0002, which separate properties",
                "property.x=1&property.x=2;property.x;is given twice, with different values",
                "timeout=0s;timeout;is 0s; it must be from 1ms to 30s",
                "timeout=31s;timeout;is 31s; it must be from 1ms to 30s",
                "messageGroup=;messageGroup;must not be empty or blank",
                "messageGroup=a%01;messageGroup;must not contain the characters U+0001 and U+0002",
                "delay=soon;delay;'soon' is not a duration",
                "delay=0s;delay;is 0s; it must be from 1ms to 3d",
                "delay=-PT1S;delay;is -PT1S; it must be from 1ms to 3d",
                "delay=73h;delay;is 73h; it must be from 1ms to 3d",
                "deliverAt=tomorrow;deliverAt;'tomorrow' is not a time",
                "deliverAt=2026-11-22;deliverAt;'2026-11-22' is not a time",
                "deliverAt=1795348801;deliverAt;'1795348801' is a time before 1973; write milliseconds since 1970, not seconds",
                "deliverAt=2026-11-25T12:00:01Z;deliverAt;is 2026-11-25T12:00:01Z, which is more than 3d in the future",
                "delayLevel=0;delayLevel;is '0'; it must be 1 to 18",
                "delayLevel=19;delayLevel;is '19'; it must be 1 to 18",
                "delayLevel=5s;delayLevel;is '5s'; it must be 1 to 18",
                "delay=5s&delayLevel=1;delayLevel;cannot be combined with another schedule; send only one of delay",
                "delay=5s&deliverAt=1795348801000;deliverAt;cannot be combined with another schedule; send only one of delay",
                "messageGroup=g&delay=5s;delay;cannot be combined with a message group",
                "messageGroup=g&delayLevel=2;delayLevel;cannot be combined with a message group",
                "deliverat=5s;deliverat;is not a parameter of this operation; did you mean `deliverAt`?",
            })
    void refusesWithTheFieldAndItsFault(String query, String field, String message) {
        var errors = errors(refusal(query));

        assertThat(errors).extracting("field").containsExactly(field);
        assertThat(errors).extracting("message").first().asString().startsWith(message.split(";")[0]);
    }

    @ParameterizedTest
    @CsvSource({
        "RocketMQ-Delays,5s,is not a header of this operation; did you mean `RocketMQ-Delay`?",
        "RocketMQ-Property,novalue,'''novalue'' must have the form <name>=<value>'",
        "RocketMQ-Tag,%zz,'''%'' must be followed by two hexadecimal digits; write a percent sign as %25'",
    })
    void refusesAHeaderAndNamesIt(String header, String value, String message) {
        var errors = errors(refusal("", header, value));

        assertThat(errors).extracting("field").containsExactly(header);
        assertThat(errors).extracting("message").containsExactly(message);
    }

    @Test
    void namesEveryFaultAtOnce() {
        assertThat(fields(refusal("tag=&key=a%20b&timeout=x&bad=1")))
                .containsExactlyInAnyOrder("tag", "key", "timeout", "bad");
    }

    @Test
    void knowsHowMuchAMessageCanCarry() {
        var fits = "v".repeat(MessageAttributes.MAX_BYTES - "x".length() - 2);

        assertThat(parse("property.x=" + fits).properties()).hasSize(1);
        assertThat(refusal("property.x=v" + fits).type()).isEqualTo(ProblemType.PROPERTIES_TOO_LARGE);
    }

    private static List<?> errors(GatewayException refusal) {
        assertThat(refusal).isNotNull();
        assertThat(refusal.type()).isEqualTo(ProblemType.INVALID_REQUEST);
        return refusal.errors();
    }

    private static List<String> fields(GatewayException refusal) {
        errors(refusal);
        return refusal.errors().stream().map(error -> error.field()).toList();
    }
}
