package dev.rocketgateway.subscription.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.TestSubscriptions;
import dev.rocketgateway.subscription.document.SubscriptionSchema.Node;
import dev.rocketgateway.subscription.fault.Faults;
import dev.rocketgateway.subscription.fault.FieldFault;
import dev.rocketgateway.subscription.fault.InvalidSubscriptionException;
import dev.rocketgateway.subscription.secret.SubscriptionSecretsTest;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each field of a subscription: its default, what it may be, and what is said of what it may not, in JSON and in the configuration. */
class SubscriptionFieldsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NONE = "null";
    private static final String UP_TO_2_HOURS = "must be from 1s to 2h";
    private static final String SECRET = "\"whsec_" + base64(32) + "\"";

    private static final List<Row> ROWS = List.of(
            row("description", "''").takes(text(1000)).refuses(text(1001), "has more than 1000 characters"),
            row("state", "'ACTIVE'").takes("'PAUSED'").refuses("'paused'", "must be ACTIVE or PAUSED"),
            row("source.topic", "'orders'")
                    .takes(text(127), "'a|b%c'")
                    .refuses("'a b'", "'a b' is not a valid topic name")
                    .refuses(text(128), "a topic name must have at most 127 characters")
                    .refuses("'TBW102'", "'TBW102' is reserved for RocketMQ itself; use another topic")
                    .refuses("'%RETRY%x'", "is reserved for RocketMQ itself"),
            row("source.consumerGroup", "'GW-billing'")
                    .takes(text(100))
                    .refuses(text(101), "is not a valid consumer group; use 1 to 100")
                    .refuses("'a b'", "'a b' is not a valid consumer group; use 1 to 100"),
            row("source.filter.type", "'TAG'").takes("'SQL92'").refuses("'REGEX'", "must be TAG or SQL92"),
            row("source.filter.expression", "'*'")
                    .takes("'a || b'", text(4096))
                    .takes("'a||b'", "'a || b c'", "'größe'", "'a,b'")
                    .refuses("' '", "must not be empty")
                    .refuses("'a|b'", "has the tag 'a|b', which no message can have")
                    .refuses("'a || b|c'", "has the tag 'b|c', which no message can have")
                    .refuses("'a ||| b'", "has the tag '| b', which no message can have")
                    .refuses("'|'", "has the tag '|', which no message can have")
                    .refuses("'||'", "has an empty tag")
                    .refuses("'a ||'", "has an empty tag")
                    .refuses("'|| a'", "has an empty tag")
                    .refuses("'a || || b'", "has an empty tag")
                    .refuses("'a || *'", "has * among other tags")
                    .refuses("'* || *'", "has * among other tags")
                    .refuses(text(4097), "has more than 4096 characters"),
            row("source.mode", "'CONCURRENT'").takes("'ORDERED'").refuses("'BOTH'", "must be CONCURRENT or ORDERED"),
            row("source.startFrom.position", "'LATEST'")
                    .takes("'EARLIEST'")
                    .refuses("'NOW'", "must be LATEST, EARLIEST or TIMESTAMP"),
            row("source.startFrom.timestamp", NONE)
                    .with("source.startFrom.position", "'TIMESTAMP'")
                    .takes("'2026-01-01T00:00:00Z'")
                    .refuses("'yesterday'", "'yesterday' is not a time"),
            row("endpoint.url", "'http://billing/hook'")
                    .takes("'https://x.example:65535/y?z=1'")
                    .refuses("'ftp://x/y'", "must begin with http:// or https://")
                    .refuses("'127.0.0.1:9100/'", "must begin with http:// or https://; write http://127.0.0.1:9100/")
                    .refuses("'localhost:9100/hook'", "write http://localhost:9100/hook")
                    .refuses("'billing/hook'", "write http://billing/hook")
                    .refuses("'//billing/hook'", "write http://billing/hook")
                    .refuses("'[::1]:9100'", "write http://[::1]:9100")
                    .refuses("'http://größe.example/'", "xn-- form")
                    .refuses("'http://x/a|b'", "percent-encode characters that a URL cannot contain")
                    .refuses("'http:///y'", "has no host")
                    .refuses("'http://a:b@x/y'", "must not contain user information")
                    .refuses("'http://x/y#z'", "must not contain a fragment")
                    .refuses("'http://x:0/y'", "has a port that is not from 1 to 65535")
                    .refuses("'http://x:65536/y'", "has a port that is not from 1 to 65535")
                    .refuses("'http://x y'", "is not a URL")
                    .refuses("'http://x/" + "y".repeat(2048) + "'", "has more than 2048 characters"),
            row("endpoint.method", "'POST'").takes("'PUT'").refuses("'GET'", "must be POST or PUT"),
            row("endpoint.http2", "false")
                    .with("endpoint.url", "'https://billing/hook'")
                    .takes("true")
                    .refusesInConfig("'yes'", "must be true or false"),
            row("endpoint.connectTimeout", "'2s'")
                    .takes("'100ms'", "'10s'")
                    .refuses("'99ms'", "must be from 100ms to 10s")
                    .refuses("'10001ms'", "must be from 100ms to 10s")
                    .refuses("'soon'", "'soon' is not a duration"),
            row("endpoint.timeout", "'10s'")
                    .takes("'100ms'", "'30s'")
                    .refuses("'99ms'", "must be from 100ms to 30s")
                    .refuses("'30001ms'", "must be from 100ms to 30s"),
            row("endpoint.tls.caRef", NONE)
                    .takes("'ca.crt'", "'billing/ca.crt'")
                    .refuses("'/etc/passwd'", "is not a valid name of a file")
                    .refuses("'../key'", "is not a valid name of a file")
                    .refuses("'a/../b'", "is not a valid name of a file"),
            row("endpoint.tls.clientCertRef", NONE)
                    .takes("'billing-tls'")
                    .refuses("'../tls'", "is not a valid name of a file")
                    .refuses("'/tls'", "is not a valid name of a file"),
            row("endpoint.tls.serverName", NONE).takes("'billing.shop.svc'").refuses("'a b'", "is not a host name"),
            row("endpoint.tls.insecureSkipVerify", "false")
                    .takes("true")
                    .refusesInConfig("'yes'", "must be true or false"),
            row("endpoint.auth.type", "'NONE'").refuses("'DIGEST'", "must be NONE, BASIC, BEARER, API_KEY"),
            row("endpoint.auth.username", NONE)
                    .with("endpoint.auth.type", "'BASIC'")
                    .with("endpoint.auth.passwordRef", "'p'")
                    .takes("'gateway'", text(256))
                    .refuses("'a:b'", "must be 1 to 256 printable characters without ':'")
                    .refuses(text(257), "must be 1 to 256 printable"),
            row("endpoint.auth.passwordRef", NONE)
                    .with("endpoint.auth.type", "'BASIC'")
                    .with("endpoint.auth.username", "'gateway'")
                    .takes("'billing/password'")
                    .refuses("'..'", "is not a valid name of a file"),
            row("endpoint.auth.tokenRef", NONE)
                    .with("endpoint.auth.type", "'BEARER'")
                    .takes("'billing/token'")
                    .refuses("'/token'", "is not a valid name of a file"),
            row("endpoint.auth.header", NONE)
                    .with("endpoint.auth.type", "'API_KEY'")
                    .with("endpoint.auth.keyRef", "'k'")
                    .takes("'X-Api-Key'")
                    .refuses("'a b'", "is not a valid header name")
                    .refuses("'Host'", "is a header that the gateway sets itself"),
            row("endpoint.auth.keyRef", NONE)
                    .with("endpoint.auth.type", "'API_KEY'")
                    .with("endpoint.auth.header", "'X-Api-Key'")
                    .takes("'billing/key'")
                    .refuses("'/key'", "is not a valid name of a file"),
            oauth2("tokenUrl", NONE)
                    .takes("'https://login.example/token'")
                    .refuses("'ftp://login'", "must begin with http:// or https://")
                    .refuses("'login.example/token'", "write http://login.example/token"),
            oauth2("clientId", NONE).takes(text(256)).refuses(text(257), "must be 1 to 256 printable"),
            oauth2("clientSecretRef", NONE)
                    .takes("'billing/client'")
                    .refuses("'../c'", "is not a valid name of a file"),
            oauth2("scope", NONE).takes(text(1000)).refuses(text(1001), "must be 1 to 1000 printable"),
            oauth2("audience", NONE).takes(text(1000)).refuses(text(1001), "must be 1 to 1000 printable"),
            row("endpoint.signing.type", "'NONE'").refuses("'RSA'", "must be NONE, HMAC_SHA256 or ED25519"),
            row("endpoint.signing.keys[0].id", NONE)
                    .with("endpoint.signing.keys[0].secretRef", "'k'")
                    .takes(text(64))
                    .refuses(text(65), "must be 1 to 64 letters"),
            row("endpoint.signing.keys[0].secretRef", NONE)
                    .takes("'signing/k1'")
                    .refuses("'../k1'", "is not a valid name of a file"),
            row("endpoint.signing.keys[0].notAfter", NONE)
                    .with("endpoint.signing.keys[0].secretRef", "'k'")
                    .takes("'2026-12-01T00:00:00Z'")
                    .refuses("'never'", "'never' is not a time"),
            row("payload.format", "'RAW'")
                    .takes("'JSON'", "'CLOUDEVENTS_BINARY'", "'CLOUDEVENTS_STRUCTURED'")
                    .refuses("'XML'", "must be RAW, JSON, CLOUDEVENTS_BINARY or CLOUDEVENTS_STRUCTURED"),
            row("payload.contentType", NONE)
                    .takes("'application/json'", "'text/plain; charset=utf-8'", "'application/x~y'")
                    .refuses("'json'", "is not a media type"),
            row("payload.forwardProperties", "true").takes("false").refusesInConfig("'no'", "must be true or false"),
            row("batch.maxMessages", "1")
                    .with("payload.format", "'JSON'")
                    .takes("32")
                    .refuses("0", "must be from 1 to 32")
                    .refuses("33", "must be from 1 to 32")
                    .refuses("1.5", "must be a whole number"),
            row("batch.maxBytes", "262144")
                    .takes("1024", "4194304")
                    .refuses("1023", "must be from 1024 to 4194304")
                    .refuses("4194305", "must be from 1024 to 4194304"),
            row("delivery.maxInFlight", "16")
                    .takes("1", "256")
                    .refuses("0", "must be from 1 to 256")
                    .refuses("257", "must be from 1 to 256")
                    .refuses("99999999999", "must be a whole number"),
            row("delivery.ratePerSecond", NONE)
                    .takes("0.00334", "1000000", "2.5")
                    .refuses("0.0033", "must be from 0.00334 (one in 300 s) to")
                    .refuses("1000001", "must be from 0.00334")
                    .refusesInConfig("'NaN'", "must be from 0.00334")
                    .refusesInConfig("'fast'", "must be a number"),
            row("retry.maxAttempts", "17")
                    .takes("1", "100")
                    .refuses("0", "must be from 1 to 100")
                    .refuses("101", "must be from 1 to 100"),
            row("retry.schedule", NONE)
                    .takes("['1s','2h']", delays(100))
                    .refuses("['999ms']", UP_TO_2_HOURS)
                    .refuses("['121m']", UP_TO_2_HOURS)
                    .refuses(delays(101), "must have 1 to 100 delays")
                    .refuses("['1s','later']", "'later' is not a duration"),
            row("retry.honorRetryAfter", "true").takes("false").refusesInConfig("'no'", "must be true or false"),
            row("retry.retryAfterMax", "'2h'")
                    .takes("'1s'")
                    .refuses("'999ms'", UP_TO_2_HOURS)
                    .refuses("'7201s'", UP_TO_2_HOURS),
            row("retry.onExhausted", "'DEAD_LETTER'")
                    .with("source.mode", "'ORDERED'")
                    .takes("'BLOCK'")
                    .refuses("'DROP'", "must be DEAD_LETTER or BLOCK"),
            row("responses.ack", "['2xx']")
                    .takes("['200','3xx']")
                    .refuses("['600']", "'600' is not a status; write a status such as 410, a class such as 4xx, or *")
                    .refuses("['*']", "has *, which is in responses.ack too; keep it in one list")
                    .at("responses.retry"),
            row("responses.deadLetter", "['400','405','406','411','413','414','415','422','431','501','505']")
                    .takes("['4xx']", "[]")
                    .refuses("['2xx']", "has 2xx, which is in responses.ack too; keep it in one list"),
            row("responses.pause", "['410']")
                    .takes("[]")
                    .refuses("['422']", "has 422, which is in responses.deadLetter too; keep it in one list"),
            row("responses.retry", "['*']")
                    .takes("['5xx']")
                    .refuses("['410']", "has 410, which is in responses.pause too; keep it in one list"),
            row("deadLetter.mode", "'ROCKETMQ_DLQ'")
                    .takes("'DROP'")
                    .refuses("'KEEP'", "must be ROCKETMQ_DLQ, TOPIC or DROP"),
            row("deadLetter.topic", NONE)
                    .with("deadLetter.mode", "'TOPIC'")
                    .takes("'orders-dead'")
                    .refuses("'a b'", "'a b' is not a valid topic name")
                    .refuses("'%DLQ%x'", "is reserved for RocketMQ itself")
                    .refuses(
                            "'orders'", "must not be source.topic, because every dead letter would be delivered again"),
            row("circuitBreaker.enabled", "true").takes("false").refusesInConfig("'no'", "must be true or false"),
            row("circuitBreaker.failurePercent", "50")
                    .takes("1", "100")
                    .refuses("0", "must be from 1 to 100")
                    .refuses("101", "must be from 1 to 100"),
            row("circuitBreaker.minimumRequests", "10")
                    .takes("1", "10000")
                    .refuses("0", "must be from 1 to 10000")
                    .refuses("10001", "must be from 1 to 10000"),
            row("circuitBreaker.window", "'30s'")
                    .takes("'1s'", "'10m'")
                    .refuses("'999ms'", "must be from 1s to 10m")
                    .refuses("'601s'", "must be from 1s to 10m"),
            row("circuitBreaker.open", "'30s'")
                    .takes("'1s'", "'5m'")
                    .refuses("'999ms'", "must be from 1s to 1h")
                    .refuses("'3601s'", "must be from 1s to 1h"),
            row("circuitBreaker.maxOpen", "'5m'")
                    .takes("'30s'", "'1d'")
                    .refuses("'29s'", "must be at least circuitBreaker.open")
                    .refuses("'25h'", "must be from 1s to 1d"),
            row("circuitBreaker.parkAfter", "'2m'")
                    .takes("'1s'", "'10m'")
                    .refuses("'999ms'", "must be from 1s to 10m")
                    .refuses("'601s'", "must be from 1s to 10m"),
            row("circuitBreaker.autoPauseAfter", NONE)
                    .takes("'1m'", "'30d'")
                    .refuses("'59s'", "must be from 1m to 30d")
                    .refuses("'721h'", "must be from 1m to 30d"));

    /** Not shown again, so what is taken cannot be looked at; {@link SubscriptionSecretsTest} has them, and the headers. */
    private static final Set<String> ELSEWHERE = Set.of(
            // PullFieldsTest
            "pull.visibility",
            "endpoint.headers",
            "endpoint.auth.password",
            "endpoint.auth.token",
            "endpoint.auth.key",
            "endpoint.auth.clientSecret",
            "endpoint.signing.keys[0].secret");

    record Refusal(String value, String fault, boolean inJson) {}

    record Row(
            String field,
            String defaultValue,
            Map<String, String> context,
            List<String> taken,
            List<Refusal> refused,
            String faultField) {

        Row with(String other, String value) {
            context.put(other, value.replace('\'', '"'));
            return this;
        }

        Row takes(String... values) {
            Stream.of(values).map(value -> value.replace('\'', '"')).forEach(taken::add);
            return this;
        }

        Row refuses(String value, String fault) {
            refused.add(new Refusal(value.replace('\'', '"'), fault, true));
            return this;
        }

        Row refusesInConfig(String value, String fault) {
            refused.add(new Refusal(value.replace('\'', '"'), fault, false));
            return this;
        }

        /** The last refusal names another field. */
        Row at(String other) {
            return new Row(field, defaultValue, context, taken, refused, other);
        }
    }

    private static Row row(String field, String defaultValue) {
        return new Row(
                field, defaultValue.replace('\'', '"'), new HashMap<>(), new ArrayList<>(), new ArrayList<>(), field);
    }

    private static Row oauth2(String field, String defaultValue) {
        var row = row("endpoint.auth." + field, defaultValue)
                .with("endpoint.auth.type", "'OAUTH2_CLIENT_CREDENTIALS'")
                .with("endpoint.auth.tokenUrl", "'http://login/token'")
                .with("endpoint.auth.clientId", "'gateway'")
                .with("endpoint.auth.clientSecretRef", "'c'");
        row.context().remove("endpoint.auth." + field);
        return row;
    }

    private static String text(int length) {
        return "'" + "x".repeat(length) + "'";
    }

    private static String delays(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "'10s'")
                .toList()
                .toString()
                .replace(" ", "");
    }

    private static String base64(int bytes) {
        return Base64.getEncoder().encodeToString(new byte[bytes]);
    }

    private enum Form {
        JSON,
        CONFIGURATION;

        /** Reads a subscription with these fields; the values are JSON. */
        Subscription read(Map<String, String> values) throws JsonProcessingException {
            return this == JSON ? readJson(values) : readConfiguration(values);
        }
    }

    private static Subscription readJson(Map<String, String> values) throws JsonProcessingException {
        var document = SubscriptionFieldsTest.JSON.createObjectNode();
        for (var value : values.entrySet()) {
            set(document, value.getKey(), SubscriptionFieldsTest.JSON.readTree(value.getValue()));
        }
        return SubscriptionDocument.read("billing", document, DocumentSource.CONFIGURATION, 1, new Faults());
    }

    private static void set(ObjectNode document, String field, JsonNode value) {
        var node = document;
        var path = field.split("\\.");
        for (int i = 0; i < path.length - 1; i++) {
            node = path[i].endsWith("[0]")
                    ? first(node.withArray(path[i].replace("[0]", "")))
                    : node.withObjectProperty(path[i]);
        }
        node.set(path[path.length - 1], value);
    }

    private static ObjectNode first(ArrayNode array) {
        return array.isEmpty() ? array.addObject() : (ObjectNode) array.get(0);
    }

    private static Subscription readConfiguration(Map<String, String> values) throws JsonProcessingException {
        var settings = new HashMap<String, String>();
        for (var value : values.entrySet()) {
            var json = SubscriptionFieldsTest.JSON.readTree(value.getValue());
            var texts = new ArrayList<String>();
            json.forEach(element -> texts.add(element.asText()));
            settings.put(
                    "gateway.subscriptions.billing." + SubscriptionConfigs.kebabCase(value.getKey()),
                    json.isArray() ? String.join(",", texts) : json.asText());
        }
        return TestSubscriptions.read(settings).get(0);
    }

    private static Map<String, String> least() {
        var values = new HashMap<String, String>();
        values.put("source.topic", "\"orders\"");
        values.put("endpoint.url", "\"http://billing/hook\"");
        return values;
    }

    private static JsonNode shown(Subscription subscription, String field) {
        var json = SubscriptionWriter.write(subscription, SubscriptionWriter.WITHOUT_SECRETS);
        return json.at("/" + field.replace('.', '/').replace("[0]", "/0"));
    }

    static List<Row> rows() {
        return ROWS;
    }

    @ParameterizedTest
    @MethodSource("rows")
    void hasItsDefault(Row row) throws JsonProcessingException {
        for (var form : Form.values()) {
            var shown = shown(form.read(least()), row.field());

            assertThat(shown.isMissingNode() ? JSON.nullNode() : shown)
                    .as("%s", form)
                    .isEqualTo(JSON.readTree(row.defaultValue()));
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void takesWhatIsJustWithinItsBounds(Row row) throws JsonProcessingException {
        for (var form : Form.values()) {
            for (var value : row.taken()) {
                var values = least();
                values.putAll(row.context());
                values.put(row.field(), value);

                assertThat(shown(form.read(values), row.field()).toString())
                        .as("%s", form)
                        .isEqualTo(value);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void refusesWhatIsJustOutsideAndSaysWhy(Row row) {
        assertThat(row.refused()).isNotEmpty();
        for (var refusal : row.refused()) {
            var values = least();
            values.putAll(row.context());
            values.put(row.field(), refusal.value());
            if (refusal.inJson()) {
                var refused = catchThrowableOfType(InvalidSubscriptionException.class, () -> readJson(values));
                assertThat(refused).as("%s = %s", row.field(), refusal.value()).isNotNull();
                assertThat(refused.faults())
                        .anySatisfy(fault -> assertThat(fault.fault()).contains(refusal.fault()))
                        .hasSize(1);
                assertThat(refused.field()).isIn(row.field(), row.faultField());
            }
            var refused = catchThrowableOfType(ConfigurationException.class, () -> readConfiguration(values));
            assertThat(refused).as("%s = %s", row.field(), refusal.value()).isNotNull();
            assertThat(refused).hasMessageContaining(refusal.fault());
        }
    }

    @Test
    void everyFieldOfTheSchemaIsTested() {
        var tested = new TreeSet<String>();
        ROWS.forEach(row -> tested.add(row.field()));
        tested.addAll(ELSEWHERE);

        assertThat(fields(SubscriptionSchema.ROOT, "")).containsExactlyInAnyOrderElementsOf(tested);
    }

    private static Set<String> fields(Node.Group group, String path) {
        var fields = new TreeSet<String>();
        group.fields().forEach((name, node) -> {
            if (node instanceof Node.Group below) {
                fields.addAll(fields(below, path + name + "."));
            } else if (node instanceof Node.Groups groups) {
                fields.addAll(fields(groups.each(), path + name + "[0]."));
            } else {
                fields.add(path + name);
            }
        });
        return fields;
    }

    @Test
    void findsEveryFaultAtOnce() {
        var values = new HashMap<String, String>();
        values.put("description", text(1001).replace('\'', '"'));
        values.put("source.topic", "\"a b\"");
        values.put("source.colour", "\"red\"");
        values.put("endpoint.timeout", "\"1ms\"");
        values.put("endpoint.auth.type", "\"BASIC\"");
        values.put("delivery.maxInFlight", "\"16\"");
        values.put("retry.maxAttempts", "0");
        values.put("circuitBreaker.open", "\"2h\"");

        var refused = catchThrowableOfType(InvalidSubscriptionException.class, () -> readJson(values));

        assertThat(refused.faults())
                .extracting(FieldFault::field)
                .containsExactlyInAnyOrder(
                        "description",
                        "source.topic",
                        "source.colour",
                        "endpoint.url",
                        "endpoint.timeout",
                        "endpoint.auth.username",
                        "endpoint.auth.password",
                        "delivery.maxInFlight",
                        "retry.maxAttempts",
                        "circuitBreaker.open");
    }

    @Test
    void aNameIsLegalAsAGroup() {
        assertThat(Subscription.faultOfName("b".repeat(97))).isNull();
        assertThat(Subscription.faultOfName("b".repeat(98))).contains("1 to 97 characters of a-z, 0-9 and '-'");
        assertThat(Subscription.faultOfName("Billing")).contains("'Billing' is not a valid name");
        assertThat(Subscription.faultOfName("")).contains("is not a valid name");
    }

    @Test
    void onlyAnOrderedSubscriptionBlocksAndItHasNoBatches() {
        var blocking = least();
        blocking.put("retry.onExhausted", "\"BLOCK\"");
        var batched = least();
        batched.put("source.mode", "\"ORDERED\"");
        batched.put("batch.maxMessages", "2");
        batched.put("payload.format", "\"JSON\"");

        assertThat(catchThrowableOfType(InvalidSubscriptionException.class, () -> readJson(blocking))
                        .faults())
                .containsExactly(
                        new FieldFault("retry.onExhausted", "must be DEAD_LETTER unless source.mode is ORDERED"));
        assertThat(catchThrowableOfType(InvalidSubscriptionException.class, () -> readJson(batched))
                        .faults())
                .singleElement()
                .extracting(FieldFault::field)
                .isEqualTo("batch.maxMessages");
    }

    @Test
    void severalMessagesNeedABodyThatHoldsThem() {
        var values = least();
        values.put("batch.maxMessages", "2");

        assertThat(catchThrowableOfType(InvalidSubscriptionException.class, () -> readJson(values))
                        .faults())
                .containsExactly(new FieldFault(
                        "batch.maxMessages", "must be 1 unless payload.format is JSON or CLOUDEVENTS_STRUCTURED"));
    }

    @Test
    void oneSecretIsNotGivenInTwoWays() {
        var values = least();
        values.put("endpoint.signing.keys[0].secret", SECRET);
        values.put("endpoint.signing.keys[0].secretRef", "\"k\"");

        assertThat(catchThrowableOfType(InvalidSubscriptionException.class, () -> readJson(values))
                        .faults())
                .containsExactly(new FieldFault(
                        "endpoint.signing.keys[0].secret",
                        "must not be set together with secretRef; set one of the two"));
    }
}
