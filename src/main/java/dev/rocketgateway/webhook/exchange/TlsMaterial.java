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
 * What the PEM secrets of an endpoint say at one time, so that a change shows.
 *
 * @param caPem empty for the JVM's trust
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
     * Puts it into the options.
     *
     * @param besideJvm whether what the JVM trusts is trusted too
     * @throws SecretUnavailableException if it is not what it should be; found here, and not when it is too late to say which
     */
    void applyTo(HttpClientOptions options, Vertx vertx, boolean besideJvm) throws SecretUnavailableException {
        if (caPem.isPresent()) {
            var trust = new PemTrustOptions().addCertValue(Buffer.buffer(caPem.get()));
            var own = usable("the certificates to trust are not PEM", () -> trust.getTrustManagerFactory(vertx));
            options.setTrustOptions(
                    besideJvm ? usable("the JVM's trust cannot be read", () -> withTrustOfJvm(own)) : trust);
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

    /** Without the texts, one of which is a key. */
    @Override
    public String toString() {
        return "TlsMaterial[caPem=%s, clientCertificate=%s]".formatted(caPem.isPresent(), certificatePem.isPresent());
    }
}
