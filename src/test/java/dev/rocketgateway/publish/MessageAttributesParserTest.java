package dev.rocketgateway.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageAttributesParserTest {

    private static MessageAttributes parse(String query, String... headers) {
        var map = MultiMap.caseInsensitiveMultiMap();
        for (int i = 0; i < headers.length; i += 2) {
            map.add(headers[i], headers[i + 1]);
        }
        return MessageAttributesParser.parse(
                new QueryStringDecoder(query, false).parameters(), map, Set.of("UNIQ_KEY"), Duration.ofSeconds(30));
    }

    private static GatewayException refusal(String query, String... headers) {
        return catchThrowableOfType(GatewayException.class, () -> parse(query, headers));
    }

    @Test
    void readsEverythingFromTheQuery() {
        var attributes = parse("mode=async&tag=t&key=a&key=b&property.x=1&property.X=2&timeout=3s");

        assertThat(attributes.tag()).hasValue("t");
        assertThat(attributes.keys()).containsExactly("a", "b");
        assertThat(attributes.properties()).isEqualTo(Map.of("x", "1", "X", "2"));
        assertThat(attributes.timeout()).hasValue(Duration.ofSeconds(3));
    }

    @Test
    void readsEverythingFromHeaders() {
        var attributes = parse(
                "",
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

        assertThat(attributes.tag()).hasValue("grün");
        assertThat(attributes.keys()).containsExactly("a", "b,c", "d", "i-1");
        assertThat(attributes.properties())
                .isEqualTo(Map.of(
                        "x", "1=2",
                        " y", "z",
                        "idempotencyKey", "i-1",
                        "contentType", "text/plain",
                        "contentEncoding", "br"));
        assertThat(attributes.timeout()).hasValue(Duration.ofSeconds(1));
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
        "property.x=1,RocketMQ-Property,x=2,property.x",
    })
    void refusesDifferentValuesFromTheTwoPlaces(String query, String header, String value, String field) {
        assertThat(fields(refusal(query, header, value))).containsExactly(field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "tag=;tag;must not be empty or blank",
                "tag=a|b;tag;must not contain '|'",
                "tag=%20a;tag;must not begin or end with a space",
                "tag=a%02;tag;must not contain the characters U+0001 and U+0002, which separate properties",
                "key=;key;must not be empty or blank",
                "key=a%20b;key;must not contain white space, which separates keys",
                "property.UNIQ_KEY=1;property.UNIQ_KEY;is a name RocketMQ keeps for itself",
                "property.=1;property.;needs a name after the dot",
                "property.x=;property.x;must not be empty or blank",
                "property.x=%20;property.x;must not be empty or blank",
                "property.x=a%01;property.x;must not contain the characters U+0001 and U+0002, which separate properties",
                "property.x=1&property.x=2;property.x;is given twice, with different values",
                "timeout=0s;timeout;is 0s; it can be at least 1ms and at most 30s",
                "timeout=31s;timeout;is 31s; it can be at least 1ms and at most 30s",
                "delay=5s;delay;is not a parameter of this operation",
            })
    void refusesWithTheFieldAndItsFault(String query, String field, String message) {
        var errors = errors(refusal(query));

        assertThat(errors).extracting("field").containsExactly(field);
        assertThat(errors).extracting("message").first().asString().startsWith(message.split(";")[0]);
    }

    @ParameterizedTest
    @CsvSource({
        "RocketMQ-Delay,5s,is not a header of this operation",
        "RocketMQ-Property,novalue,'''novalue'' is not of the form <name>=<value>'",
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
        var fits = "v".repeat(MessageAttributesParser.MAX_PROPERTY_BYTES - "x".length() - 2);

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
