package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.security.identity.ApiKey;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.RawHttp;
import dev.rocketgateway.testing.RawHttp2;
import dev.rocketgateway.testing.RawHttp2.Field;
import dev.rocketgateway.testing.TestBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sends each form of a path to two gateways. On the first, anybody may do anything: it shows which forms reach an action when no
 * permission is checked. On the second, the callers lack the permission, and it must deny each form.
 */
class PathPermissionsIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final String TOPIC = BROKER.newTopic();
    private static final String NAME = "paths-" + UUID.randomUUID().toString().substring(0, 8);
    private static final String PUBLISHER = ApiKey.generate();
    private static final String OWNER = ApiKey.generate();

    /** Each succeeds when no permission is checked. */
    private static final List<Action> ACTIONS = List.of(
            new Action("POST", "/topics/" + TOPIC + "/messages", false, 403),
            new Action("GET", "/topics/" + TOPIC, true, 403),
            new Action("POST", "/subscriptions/" + NAME + ":pause", true, 404),
            new Action("GET", "/subscriptions/" + NAME + "/dlq", false, 404));

    private static final String PLAIN = ":method=METHOD|:scheme=http|:path=PATH|:authority=x";

    /** Forms of HTTP/2 in which a request could say something else than its path, and whether each reaches the action; {@code |} ends a field. */
    private static final Map<String, Boolean> PSEUDO_HEADERS = Map.ofEntries(
            Map.entry(PLAIN, true),
            Map.entry(":method=METHOD|:scheme=https|:path=PATH|:authority=x", true),
            Map.entry(":method=METHOD|:scheme=http|:path=PATH|host=x", true),
            Map.entry(":path=PATH|:authority=x|:scheme=http|:method=METHOD", true),
            Map.entry(":method=METHOD|:scheme=http|:path=PATH|:path=/problems|:authority=x", false),
            Map.entry(":method=METHOD|:scheme=http|:path=/problems|:path=PATH|:authority=x", false),
            Map.entry(":method=OPTIONS|:method=METHOD|:scheme=http|:path=PATH|:authority=x", false),
            Map.entry(":method=METHOD|:scheme=http|:path=http://x/problemsPATH|:authority=x", false),
            Map.entry(":method=METHOD|:scheme=http://x/problems?|:path=PATH|:authority=x", false),
            Map.entry(":method=METHOD|:scheme=http|:path=PATH|:authority=x/problems?", false),
            Map.entry(":method=PATCH|:scheme=http|:path=PATH|:authority=x|x-http-method-override=METHOD", false));

    private static final List<String> ENDS = List.of(("""
            ? ?x=/problems ?mode=oneway #/problems / /. /.. /../x %2F %2f.. %00 %20 %3F %23 .json ; ;x=1 %3Bx=1 : %3A""").split("\\s+"));

    private static final List<String> BEGINS = List.of(("""
            / /. /x/.. /problems/.. /problems/%2e%2e /problems/..; /problems/..%2F /problems; /q/openapi/../..
            /q/swagger-ui/../.. /q/swagger-ui/..%2F.. /q/.. /%2e /.%2f \\ http://127.0.0.1
            http://127.0.0.1/problems/.. HTTP://127.0.0.1 http: *""").split("\\s+"));

    private static final List<String> SLASHES = List.of(("""
            // /./ /%2e/ /x/../ /x/%2e%2e/ %2F %252F %5C \\ /%2F ;x=1/ ;/ %3Bx/ /;/ /%00 /%09""").split("\\s+"));

    private static final List<String> COLONS = List.of("%3A", "%3a", "%253A", "/:", "::", ":%20", ";:", "%3B:", "%00:");

    /** Callers without the permission. */
    private static final List<String> CREDENTIALS = List.of("", "Bearer " + PUBLISHER, "Bearer " + OWNER);

    /** Methods with which a denied path is tried. */
    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "post", "get", "TRACE", "PROPFIND");

    private static final String BODY = "{\"messages\":[{\"body\":\"x\"}]}";

    private static GatewayProcess open;
    private static GatewayProcess closed;

    /**
     * @param anyQuery whether unknown query parameters are ignored
     * @param denial the status for a caller without the permission
     */
    record Action(String method, String path, boolean anyQuery, int denial) {

        /** Whether the action accepts what is written behind its path. */
        boolean reachedWith(String end) {
            return end.equals("?")
                    || end.startsWith("?") && anyQuery
                    || end.equals("?mode=oneway") && path.contains("/messages");
        }
    }

    /**
     * One way to write the path of an action.
     *
     * @param reaches whether a gateway that checks no permission acts
     */
    record Form(Action action, String how, String path, boolean reaches) {

        @Override
        public String toString() {
            return "%s %s, %s".formatted(action.method, action.path, how);
        }
    }

    @BeforeAll
    static void start() {
        open = subscribing(GatewayProcess.connectedTo(BROKER)).start();
        closed = subscribing(GatewayProcess.connectedTo(BROKER))
                .without("gateway.security.anonymous")
                .with("gateway.security.rules.publisher.publish", "elsewhere-*")
                .with("gateway.security.rules.owner.subscribe", "elsewhere-*")
                .with("gateway.security.rules.owner.read", "elsewhere-*")
                .with("gateway.security.api-keys.publisher.sha256", ApiKey.sha256(PUBLISHER))
                .with("gateway.security.api-keys.publisher.roles", "publisher")
                .with("gateway.security.api-keys.owner.sha256", ApiKey.sha256(OWNER))
                .with("gateway.security.api-keys.owner.roles", "owner")
                .start();
    }

    private static GatewayProcess.Builder subscribing(GatewayProcess.Builder builder) {
        return builder.with("gateway.subscriptions." + NAME + ".source.topic", BROKER.newTopic())
                .with("gateway.subscriptions." + NAME + ".endpoint.url", "http://127.0.0.1:1/");
    }

    @AfterAll
    static void stop() {
        open.close();
        closed.close();
    }

    static Stream<Form> forms() {
        return ACTIONS.stream().flatMap(action -> forms(action).stream());
    }

    private static List<Form> forms(Action action) {
        var forms = new ArrayList<Form>();
        var plain = action.path;
        forms.add(new Form(action, "plain", plain, true));
        for (var end : ENDS) {
            forms.add(new Form(action, "ends in " + end, plain + end, action.reachedWith(end)));
        }
        for (var begin : BEGINS) {
            forms.add(new Form(
                    action, "begins with " + begin, begin + plain, begin.equalsIgnoreCase("http://127.0.0.1")));
        }
        for (int slash = plain.indexOf('/'); slash >= 0; slash = plain.indexOf('/', slash + 1)) {
            var before = plain.substring(0, slash);
            var after = plain.substring(slash + 1);
            for (var instead : SLASHES) {
                forms.add(new Form(
                        action, "slash at %d as %s".formatted(slash, instead), before + instead + after, false));
            }
            int letter = after.charAt(0);
            forms.add(new Form(
                    action,
                    "letter encoded after " + slash,
                    "%s/%%%02X%s".formatted(before, letter, after.substring(1)),
                    true));
            forms.add(new Form(
                    action,
                    "letter encoded twice after " + slash,
                    "%s/%%25%02X%s".formatted(before, letter, after.substring(1)),
                    false));
        }
        int colon = plain.indexOf(':');
        for (var instead : colon < 0 ? List.<String>of() : COLONS) {
            forms.add(new Form(
                    action,
                    "colon as " + instead,
                    plain.substring(0, colon) + instead + plain.substring(colon + 1),
                    instead.equalsIgnoreCase("%3A")));
        }
        for (var word : List.of("topics", "messages", "subscriptions", "pause", "dlq")) {
            if (plain.contains(word)) {
                forms.add(new Form(
                        action, word + " in upper case", plain.replace(word, word.toUpperCase(Locale.ROOT)), false));
            }
        }
        return forms;
    }

    @ParameterizedTest
    @MethodSource("forms")
    void noFormOfAPathReachesWhatIsDenied(Form form) {
        long before = BROKER.witness().appended(TOPIC);
        // A form that does not reach the action is refused for its syntax, whoever sends it.
        for (var credential : form.reaches ? CREDENTIALS : List.of("Bearer " + OWNER)) {
            int denial = credential.isEmpty() ? 401 : form.action.denial;
            int status = status(closed, form.action.method, form.path, credential);
            assertThat(status).as(credential).matches(form.reaches ? s -> s == denial : s -> s / 100 == 4);
            var fields = fields(PLAIN, form.action.method, form.path, credential);
            assertThat(RawHttp2.exchange(closed.root(), fields, BODY, List.of()))
                    .as(credential)
                    .doesNotMatch("[123]..");
        }
        if (form.reaches) {
            for (var method : METHODS) {
                assertThat(status(closed, method, form.path, CREDENTIALS.get(1)))
                        .as(method)
                        .isBetween(400, 501);
            }
        }
        assertThat(BROKER.witness().appended(TOPIC)).isEqualTo(before);

        assertThat(status(open, form.action.method, form.path, ""))
                .as("where no permission is checked")
                .matches(status -> form.reaches == (status < 300));
    }

    static Stream<Arguments> pseudoHeaders() {
        return ACTIONS.stream().flatMap(action -> PSEUDO_HEADERS.entrySet().stream()
                .map(form -> Arguments.of(action.method, action.path, form.getKey(), form.getValue())));
    }

    @ParameterizedTest
    @MethodSource("pseudoHeaders")
    void noPseudoHeaderReachesWhatIsDenied(String method, String path, String form, boolean reaches) {
        long before = BROKER.witness().appended(TOPIC);
        for (var credential : CREDENTIALS) {
            assertThat(RawHttp2.exchange(closed.root(), fields(form, method, path, credential), BODY, List.of()))
                    .doesNotMatch("[123]..");
        }
        assertThat(BROKER.witness().appended(TOPIC)).isEqualTo(before);

        assertThat(RawHttp2.exchange(open.root(), fields(form, method, path, ""), BODY, List.of()))
                .as("where no permission is checked")
                .matches(outcome -> reaches == outcome.startsWith("2"));
    }

    private static List<Field> fields(String form, String method, String path, String credential) {
        var filled = form.replace("METHOD", method).replace("PATH", path) + "|content-type=application/json";
        return Stream.of((credential.isEmpty() ? filled : filled + "|authorization=" + credential).split("\\|"))
                .map(field -> {
                    int equals = field.indexOf('=');
                    return new Field(field.substring(0, equals), field.substring(equals + 1));
                })
                .toList();
    }

    private static int status(GatewayProcess gateway, String method, String path, String credential) {
        var answer = RawHttp.exchange(
                gateway.root(),
                "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                        .formatted(
                                method,
                                path,
                                credential.isEmpty() ? "" : "Authorization: " + credential + "\r\n",
                                BODY.length(),
                                BODY));
        assertThat(answer).startsWith("HTTP/1.1 ");
        return Integer.parseInt(answer.substring(9, 12));
    }
}
