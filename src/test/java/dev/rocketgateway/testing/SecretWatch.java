package dev.rocketgateway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Looks for secrets in every answer that a test gets from a gateway: API keys, tokens, private keys, signing secrets, and the values of
 * the secret settings that the tests set. {@code src/test/logs/secrets} does the same for the logs, and reads those values from a file.
 */
final class SecretWatch {

    private static final Pattern SECRET = Pattern.compile(
            "gwk_[A-Za-z0-9_-]{20}|eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.|whsk_[A-Za-z0-9+/]{12}|BEGIN [A-Z ]*PRIVATE KEY");
    private static final Pattern SIGNING_SECRET = Pattern.compile("whsec_[A-Za-z0-9+/]{12}");
    private static final Pattern SECRET_SETTING =
            Pattern.compile(".*(?:password|secret|secret-key|security-token|encryption-keys|\\.token)");

    /** Shorter ones also occur by chance. */
    private static final int LEAST = 6;

    private static final Path FOR_LOGS = Path.of("target", "gateways", "secrets.txt");

    private static final Set<String> SETTINGS = ConcurrentHashMap.newKeySet();

    private SecretWatch() {}

    /** Remembers the value if the setting is a secret. */
    static void setting(String key, String value) {
        if (SECRET_SETTING.matcher(key).matches() && value.length() >= LEAST && SETTINGS.add(value)) {
            try {
                Files.createDirectories(FOR_LOGS.getParent());
                Files.writeString(FOR_LOGS, value + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * @throws AssertionError if the answer shows a secret; a signing secret may be in the answer that makes it, and in the OpenAPI document
     */
    static void check(HttpRequest request, HttpResponse<String> answer) {
        var shown = answer.body() + answer.headers().map();
        check(request.method() + " " + request.uri().getPath(), shown, mayShowSigningSecret(request, answer));
    }

    private static boolean mayShowSigningSecret(HttpRequest request, HttpResponse<String> answer) {
        var path = request.uri().getPath();
        return answer.statusCode() == 201 && path.startsWith("/subscriptions")
                || path.endsWith(":rotateSecret")
                // It has an example.
                || path.startsWith("/q/openapi");
    }

    static void check(String request, String shown, boolean mayShowSigningSecret) {
        if (SECRET.matcher(shown).find()
                || !mayShowSigningSecret && SIGNING_SECRET.matcher(shown).find()
                || SETTINGS.stream().anyMatch(shown::contains)) {
            throw new AssertionError("The answer to %s shows a secret: %s".formatted(request, shown));
        }
    }
}
