package dev.rocketgateway.security.identity;

import dev.rocketgateway.message.Durations;
import dev.rocketgateway.security.SecurityConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jose4j.http.SimpleGet;
import org.jose4j.http.SimpleResponse;

/**
 * Gets documents from one issuer over HTTP, with limits on time and size and without redirects. The files with the token and the
 * trusted certificates are read for each request, so they can be replaced while the gateway runs. Thread-safe; blocks.
 */
final class IssuerHttp implements SimpleGet {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_SIZE = 1 << 20;
    private static final int OK = 200;
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /** After a failed request, further requests fail immediately for this time; otherwise each token would wait for the issuer. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Optional<Path> tokenFile;
    private final Optional<Path> caFile;
    private long failedAt = System.nanoTime() - PAUSE.toNanos();

    IssuerHttp(SecurityConfig.IssuerConfig config) {
        this.tokenFile = config.tokenFile();
        this.caFile = config.caFile();
    }

    private record Document(String body) implements SimpleResponse {

        @Override
        public int getStatusCode() {
            return OK;
        }

        @Override
        public String getStatusMessage() {
            return "OK";
        }

        @Override
        public Collection<String> getHeaderNames() {
            return List.of();
        }

        @Override
        public List<String> getHeaderValues(String name) {
            return List.of();
        }

        @Override
        public String getBody() {
            return body;
        }
    }

    /** Whether nobody on the network can change the response: the URL has https, or http on this host. */
    static boolean isSafe(String url) {
        try {
            var uri = URI.create(url);
            var scheme = String.valueOf(uri.getScheme());
            return uri.getHost() != null
                    && (scheme.equals("https") || scheme.equals("http") && LOOPBACK.contains(uri.getHost()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Gets the document at the URL.
     *
     * @throws IOException if the status is not 200, the document is too large, or the issuer does not answer in time
     */
    @Override
    public synchronized SimpleResponse get(String url) throws IOException {
        if (System.nanoTime() - failedAt < PAUSE.toNanos()) {
            throw new IOException(
                    "the last request to the issuer failed a moment ago, so %s was not requested".formatted(url));
        }
        try {
            return fetch(url);
        } catch (IOException e) {
            failedAt = System.nanoTime();
            throw e;
        }
    }

    private SimpleResponse fetch(String url) throws IOException {
        var request = HttpRequest.newBuilder(URI.create(url)).header("Accept", "application/json");
        if (tokenFile.isPresent()) {
            request.header(
                    "Authorization",
                    "Bearer " + Files.readString(tokenFile.get()).strip());
        }
        var client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER);
        if (caFile.isPresent()) {
            client.sslContext(trusting(caFile.get()));
        }
        var answer = client.build().sendAsync(request.build(), head -> new BoundedBody(MAX_SIZE));
        try {
            // A limit for the whole response: the timeout of HttpClient ends when the headers of the response arrive.
            var response = answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != OK) {
                throw new IOException("%s answered %d".formatted(url, response.statusCode()));
            }
            return new Document(new String(response.body(), StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException("%s cannot be read".formatted(url), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("%s did not answer within %s".formatted(url, Durations.format(TIMEOUT)), e);
        } finally {
            answer.cancel(true);
        }
    }

    private static SSLContext trusting(Path file) throws IOException {
        try (var pem = Files.newInputStream(file)) {
            var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                trusted.setCertificateEntry(String.valueOf(trusted.size()), certificate);
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificates in %s cannot be read".formatted(file), e);
        }
    }
}
