package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.rocketgateway.security.identity.ApiKey;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestCertificate;
import dev.rocketgateway.testing.TestIssuer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jose4j.jwt.NumericDate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operation of the API's description, called by everybody: with each kind of credentials, and each permission on this topic and on another.
 * The permissions are those that the description names, so an operation that is new is here without a change.
 */
class PermissionsIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> PERMISSIONS = List.of("publish", "receive", "subscribe", "read");
    private static final String SUBSCRIPTION = "s";
    private static final String NAMED = "/subscriptions/{name}";
    private static final String PULLED = "pulled";

    /** What an operation needs to succeed, and a stream to end. */
    private static final Map<String, String> QUERIES = Map.of("findMessages", "?key=k", "tailMessages", "?for=50ms");

    private static final Set<String> RIGHT_STATUS = Set.of("401", "403");

    private static GatewayProcess gateway;
    private static TestIssuer issuer;
    private static TestCertificate server;
    private static String topic;
    private static String messageId;
    private static final Map<String, String> keys = new HashMap<>();
    private static final Map<String, TestCertificate> certificates = new HashMap<>();
    private static final Map<Credential, Map<String, HttpClient>> clients = new EnumMap<>(Credential.class);

    /** The kinds of credentials that a caller can send. */
    private enum Credential {
        API_KEY,
        API_KEY_HEADER,
        TOKEN,
        CERTIFICATE
    }

    /** An operation of the description. */
    record Operation(String id, String method, String path, List<String> permissions, Set<String> statuses) {

        boolean namesASubscription() {
            return path.startsWith(NAMED);
        }

        boolean receives() {
            return path.startsWith(NAMED + "/messages:");
        }

        @Override
        public String toString() {
            return id;
        }
    }

    static Stream<Operation> operations() {
        try {
            var paths = new YAMLMapper()
                    .readTree(Files.readString(Path.of("docs/openapi.yaml")))
                    .get("paths");
            var operations = new ArrayList<Operation>();
            paths.properties().forEach(path -> path.getValue()
                    .properties()
                    .forEach(method -> operations.add(operation(path.getKey(), method.getKey(), method.getValue()))));
            return operations.stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Operation operation(String path, String method, JsonNode described) {
        var statuses = new HashSet<String>();
        described.get("responses").fieldNames().forEachRemaining(statuses::add);
        return new Operation(
                described.get("operationId").textValue(),
                method.toUpperCase(Locale.ROOT),
                path,
                StreamSupport.stream(described.required("x-permission").spliterator(), false)
                        .map(JsonNode::textValue)
                        .toList(),
                statuses);
    }

    /** The callers: one for each permission on the topic, one with all on other topics, and one with all on the topic. */
    private static Map<String, Map<String, String>> roles() {
        var roles = new HashMap<String, Map<String, String>>();
        PERMISSIONS.forEach(permission -> roles.put("only-" + permission, Map.of(permission, topic)));
        var elsewhere = new HashMap<String, String>();
        var all = new HashMap<String, String>();
        PERMISSIONS.forEach(permission -> {
            elsewhere.put(permission, "elsewhere-*," + topic + "-*");
            all.put(permission, topic.substring(0, 8) + "*");
        });
        roles.put("elsewhere", elsewhere);
        roles.put("all", all);
        roles.put("admin", Map.of("admin", "*"));
        return roles;
    }

    @BeforeAll
    static void start(@TempDir Path directory) throws IOException {
        issuer = TestIssuer.start();
        topic = BROKER.newTopic();
        server = TestCertificate.valid("ip:127.0.0.1");
        var trusted = new StringBuilder();
        var builder = GatewayProcess.connectedTo(BROKER).without("gateway.security.anonymous");
        roles().forEach((role, permissions) -> {
            permissions.forEach(
                    (permission, topics) -> builder.with("gateway.security.rules." + role + "." + permission, topics));
            keys.put(role, ApiKey.generate());
            builder.with("gateway.security.api-keys." + role + ".sha256", ApiKey.sha256(keys.get(role)));
            builder.with("gateway.security.api-keys." + role + ".roles", role);
            certificates.put(role, TestCertificate.valid("uri:spiffe://test/" + role));
            trusted.append(certificates.get(role).certificatePem());
            builder.with("gateway.security.certificates." + role + ".san", "spiffe://test/" + role);
            builder.with("gateway.security.certificates." + role + ".roles", role);
        });
        issuer.settings("corp").forEach(builder::with);
        certificates.put("unknown", TestCertificate.valid("uri:spiffe://test/unknown"));
        trusted.append(certificates.get("unknown").certificatePem());
        gateway = builder.with("quarkus.http.ssl-port", 0)
                .with("quarkus.http.insecure-requests", "enabled")
                .with("quarkus.http.tls-configuration-name", "callers")
                .with("quarkus.tls.callers.key-store.pem.0.cert", file(directory, "cert.pem", server.certificatePem()))
                .with("quarkus.tls.callers.key-store.pem.0.key", file(directory, "key.pem", server.keyPem()))
                .with("quarkus.tls.callers.trust-store.pem.certs", file(directory, "trusted.pem", trusted.toString()))
                .with("gateway.security.failures-per-minute", 1_000_000)
                .start();
        assertThat(call("POST", "/subscriptions", Credential.API_KEY, "admin", """
                        {"name":"%s","source":{"topic":"%s"},"pull":{}}""".formatted(PULLED, topic))
                        .statusCode())
                .isEqualTo(201);
        assertThat(call("POST", "/subscriptions", Credential.API_KEY, "admin", """
                        {"name":"%s","source":{"topic":"%s"},"endpoint":{"url":"http://127.0.0.1:1/"}}""".formatted(SUBSCRIPTION, topic))
                        .statusCode())
                .isEqualTo(201);
        messageId = call("POST", "/topics/" + topic + "/messages", Credential.API_KEY, "admin", "hello")
                .headers()
                .firstValue("RocketMQ-Message-Id")
                .orElseThrow();
    }

    private static Path file(Path directory, String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        issuer.close();
    }

    private static HttpClient client(Credential credential, String role) {
        return clients.computeIfAbsent(credential, first -> new HashMap<>())
                .computeIfAbsent(credential == Credential.CERTIFICATE ? role : "", first -> {
                    var builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
                    if (credential == Credential.CERTIFICATE) {
                        builder.sslContext(
                                certificates.containsKey(role)
                                        ? certificates.get(role).context(server)
                                        : server.trustingContext());
                    }
                    return builder.build();
                });
    }

    private static HttpResponse<String> call(
            String method, String path, Credential credential, String role, @Nullable String body, String... headers) {
        var root = credential == Credential.CERTIFICATE ? gateway.secureRoot() : gateway.root();
        var request = HttpRequest.newBuilder(root.resolve(path))
                .timeout(Duration.ofSeconds(60))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .header("Content-Type", method.equals("PATCH") ? "application/merge-patch+json" : "application/json");
        switch (credential) {
            case API_KEY -> request.header("Authorization", "Bearer " + keys.get(role));
            case API_KEY_HEADER -> request.header("X-API-Key", keys.get(role));
            case TOKEN -> request.header("Authorization", "Bearer " + issuer.token(role, role));
            case CERTIFICATE -> {}
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(client(credential, role), request);
    }

    private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request) {
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String path(Operation operation) {
        return (operation.path() + QUERIES.getOrDefault(operation.id(), ""))
                .replace("{topic}", topic)
                .replace("{messageId}", messageId)
                .replace("{name}", operation.receives() ? PULLED : SUBSCRIPTION)
                .replace("{id}", "none")
                .replace("{recallHandle}", "none")
                .replace("{category}", "test.permissions")
                .replace("{code}", "internal");
    }

    /** A body that is right up to where the permission is decided, and changes nothing. */
    private static @Nullable String body(Operation operation) {
        return switch (operation.id()) {
            case "publishMessage" -> "hello";
            case "publishBatch" -> "{\"messages\":[{\"body\":\"hello\"}]}";
            case "createSubscription", "replaceSubscription" -> """
                {"source":{"topic":"%s"},"endpoint":{"url":"http://127.0.0.1:1/"},"name":"%s"}""".formatted(topic, SUBSCRIPTION);
            case "patchSubscription" -> "{\"description\":\"x\"}";
            case "deleteSubscription" -> null;
            case "seekSubscription" -> "{\"position\":\"nowhere\"}";
            case "redriveDeadLetters" -> "{}";
            default -> operation.method().equals("GET") ? null : "{}";
        };
    }

    private static HttpResponse<String> call(Operation operation, Credential credential, String role) {
        // Without a match, nothing is deleted.
        return operation.id().equals("deleteSubscription")
                ? call(operation.method(), path(operation), credential, role, body(operation), "If-Match", "\"0\"")
                : call(operation.method(), path(operation), credential, role, body(operation));
    }

    private static void assertDocumented(Operation operation, HttpResponse<String> answer, String who) {
        assertThat(operation.statuses())
                .as("%s by %s: %s", operation, who, answer.body())
                .contains(String.valueOf(answer.statusCode()));
    }

    private static String code(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body()).path("code").asText();
        } catch (IOException e) {
            throw new UncheckedIOException(answer.body(), e);
        }
    }

    private static void assertAllowed(Operation operation, HttpResponse<String> answer, String who) {
        assertDocumented(operation, answer, who);
        assertThat(RIGHT_STATUS)
                .as("%s by %s: %s", operation, who, answer.body())
                .doesNotContain(String.valueOf(answer.statusCode()));
        if (answer.statusCode() == 404) {
            assertThat(code(answer)).isEqualTo("not-found");
        }
    }

    private static void assertDenied(Operation operation, HttpResponse<String> answer, String who, boolean sees) {
        assertDocumented(operation, answer, who);
        if (Set.of("listSubscriptions", "listTopics").contains(operation.id())) {
            assertThat(answer.body()).as(who).isEqualTo("{\"items\":[]}");
        } else if (operation.namesASubscription() && !sees) {
            assertThat(code(answer)).as("%s by %s", operation, who).isEqualTo("subscription-not-found");
        } else {
            assertThat(answer.statusCode()).as("%s by %s", operation, who).isEqualTo(403);
            assertThat(code(answer)).isEqualTo("forbidden");
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    void allowsWhatTheDescriptionSaysAndNothingElse(Operation operation) {
        for (var credential : Credential.values()) {
            for (var permission : PERMISSIONS) {
                var who = credential + " with only " + permission;
                var answer = call(operation, credential, "only-" + permission);
                if (operation.permissions().isEmpty() || operation.permissions().contains(permission)) {
                    assertAllowed(operation, answer, who);
                } else {
                    boolean sees = permission.equals("subscribe") || permission.equals("read");
                    assertDenied(operation, answer, who, sees);
                }
            }
            boolean forAdminsOnly = Set.copyOf(operation.permissions()).equals(Set.of("admin"));
            if (forAdminsOnly) {
                assertDenied(operation, call(operation, credential, "all"), credential + " with all", true);
            } else {
                assertAllowed(operation, call(operation, credential, "all"), credential + " with all");
            }
            assertAllowed(operation, call(operation, credential, "admin"), credential + " as admin");
            if (!operation.permissions().isEmpty()) {
                assertDenied(operation, call(operation, credential, "elsewhere"), credential + " elsewhere", false);
            }
        }
    }

    /** Names of what is wrong, and the headers that are. */
    private static Map<String, String[]> wrongCredentials() {
        var wrong = new HashMap<String, String[]>();
        wrong.put("unknown key", new String[] {"Authorization", "Bearer " + ApiKey.generate()});
        wrong.put("unknown key in X-API-Key", new String[] {"X-API-Key", ApiKey.generate()});
        wrong.put("no key in X-API-Key", new String[] {"X-API-Key", "secret"});
        wrong.put("two", new String[] {"X-API-Key", keys.get("all"), "Authorization", "Bearer " + keys.get("all")});
        wrong.put("another scheme", new String[] {"Authorization", "Basic YTpi"});
        wrong.put("no scheme", new String[] {"Authorization", keys.get("all")});
        wrong.put("nothing after the scheme", new String[] {"Authorization", "Bearer "});
        wrong.put("hash of a key", new String[] {"Authorization", "Bearer " + ApiKey.sha256(keys.get("all"))});
        wrong.put("no token", new String[] {"Authorization", "Bearer x.y.z"});
        wrong.put("cut token", new String[] {
            "Authorization", "Bearer " + issuer.token("all", "all").replaceFirst(".{5}$", "")
        });
        wrong.put("expired token", new String[] {
            "Authorization",
            "Bearer "
                    + issuer.token(
                            "all",
                            List.of("all"),
                            claims -> claims.setExpirationTime(
                                    NumericDate.fromSeconds(NumericDate.now().getValue() - 60)))
        });
        wrong.put("token of another audience", new String[] {
            "Authorization", "Bearer " + issuer.token("all", List.of("all"), claims -> claims.setAudience("other"))
        });
        return wrong;
    }

    private static HttpResponse<String> with(Operation operation, URI root, HttpClient client, String... headers) {
        var body = body(operation);
        var request = HttpRequest.newBuilder(root.resolve(path(operation)))
                .method(operation.method(), body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(client, request);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void asksForCredentialsAndRefusesWrongOnes(Operation operation) {
        var plain = gateway.http();
        if (operation.permissions().isEmpty()) {
            assertThat(with(operation, gateway.root(), plain).statusCode()).isEqualTo(200);
            wrongCredentials().forEach((what, headers) -> assertThat(
                            with(operation, gateway.root(), plain, headers).statusCode())
                    .as(what)
                    .isEqualTo(200));
            return;
        }
        var none = with(operation, gateway.root(), plain);
        assertDocumented(operation, none, "nobody");
        assertThat(code(none)).isEqualTo("credentials-missing");
        assertThat(none.headers().firstValue("WWW-Authenticate")).hasValue("Bearer realm=\"rocketmq-http-gateway\"");
        assertThat(code(with(operation, gateway.secureRoot(), client(Credential.CERTIFICATE, "nobody"))))
                .isEqualTo("credentials-missing");
        wrongCredentials().forEach((what, headers) -> {
            var answer = with(operation, gateway.root(), plain, headers);
            assertDocumented(operation, answer, what);
            assertThat(code(answer)).as("%s with %s", operation, what).isEqualTo("credentials-invalid");
            assertThat(answer.headers().firstValue("WWW-Authenticate"))
                    .hasValue("Bearer realm=\"rocketmq-http-gateway\", error=\"invalid_token\"");
        });
        assertThat(code(with(operation, gateway.secureRoot(), client(Credential.CERTIFICATE, "unknown"))))
                .as("a genuine certificate of a caller that is not configured")
                .isEqualTo("credentials-invalid");
    }

    /** The route past the REST layer takes plain requests only; with a list of media types, the REST layer has them. */
    @Test
    void decidesOnBothRoadsOfPublishing() {
        for (var accept : List.of("application/json", "application/json, text/plain")) {
            for (var credential : Credential.values()) {
                assertThat(call(
                                        "POST",
                                        "/topics/" + topic + "/messages",
                                        credential,
                                        "only-read",
                                        "x",
                                        "Accept",
                                        accept)
                                .statusCode())
                        .isEqualTo(403);
                assertThat(call(
                                        "POST",
                                        "/topics/" + topic + "/messages",
                                        credential,
                                        "only-publish",
                                        "x",
                                        "Accept",
                                        accept)
                                .statusCode())
                        .isEqualTo(200);
            }
        }
    }
}
