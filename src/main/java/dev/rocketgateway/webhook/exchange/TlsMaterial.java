package dev.rocketgateway.webhook.exchange;

import dev.rocketgateway.webhook.SecretUnavailableException;
import dev.rocketgateway.webhook.WebhookTls;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * The values of an endpoint's PEM secrets at one point in time. Compare two of them to find out whether a secret has changed.
 *
 * @param caPem the certificates to trust; empty to trust those of the JVM
 */
record TlsMaterial(Optional<String> caPem, Optional<String> certificatePem, Optional<String> keyPem) {

    static final TlsMaterial NONE = new TlsMaterial(Optional.empty(), Optional.empty(), Optional.empty());

    static TlsMaterial read(WebhookTls tls) throws SecretUnavailableException {
        var ca = tls.caPem();
        var own = tls.clientCertificate();
        return new TlsMaterial(
                ca.isPresent() ? Optional.of(ca.get().value()) : Optional.empty(),
                own.isPresent() ? Optional.of(own.get().certificatePem().value()) : Optional.empty(),
                own.isPresent() ? Optional.of(own.get().keyPem().value()) : Optional.empty());
    }

    /**
     * Sets the trusted certificates and the client certificate in the options.
     *
     * @param besideJvm whether to trust the JVM's certificates too
     * @throws SecretUnavailableException if a secret is not valid PEM. A later check could not say which secret is at fault
     */
    void applyTo(HttpClientOptions options, Vertx vertx, boolean besideJvm) throws SecretUnavailableException {
        if (caPem.isPresent()) {
            var trust = new PemTrustOptions().addCertValue(Buffer.buffer(caPem.get()));
            var own = usable("the certificates to trust are not PEM", () -> trust.getTrustManagerFactory(vertx));
            options.setTrustOptions(
                    besideJvm ? usable("the JVM's trust store cannot be read", () -> withTrustOfJvm(own)) : trust);
        }
        if (certificatePem.isPresent() && keyPem.isPresent()) {
            var own = new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(certificatePem.get()))
                    .addKeyValue(Buffer.buffer(keyPem.get()));
            usable("the client certificate and its key are not PEM", () -> own.getKeyManagerFactory(vertx));
            options.setKeyCertOptions(own);
        }
    }

    private interface Making<T> {
        T make() throws Exception;
    }

    private static <T> T usable(String otherwise, Making<T> making) throws SecretUnavailableException {
        try {
            return making.make();
        } catch (Exception e) {
            throw new SecretUnavailableException(otherwise, e);
        }
    }

    private static TrustOptions withTrustOfJvm(TrustManagerFactory own) throws GeneralSecurityException, IOException {
        var ofJvm = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        ofJvm.init((KeyStore) null);
        var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        for (var factory : List.of(own, ofJvm)) {
            for (var issuer : ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers()) {
                trusted.setCertificateEntry(String.valueOf(trusted.size()), issuer);
            }
        }
        var both = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        both.init(trusted);
        return TrustOptions.wrap(both.getTrustManagers()[0]);
    }

    /** Does not contain the PEM strings, because one of them is a private key. */
    @Override
    public String toString() {
        return "TlsMaterial[caPem=%s, clientCertificate=%s]".formatted(caPem.isPresent(), certificatePem.isPresent());
    }
}
