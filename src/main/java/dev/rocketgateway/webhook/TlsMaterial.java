package dev.rocketgateway.webhook;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.Optional;

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
     * @throws SecretUnavailableException if it is not what it should be; found here, and not when it is too late to say which
     */
    void applyTo(HttpClientOptions options, Vertx vertx) throws SecretUnavailableException {
        if (caPem.isPresent()) {
            var trust = new PemTrustOptions().addCertValue(Buffer.buffer(caPem.get()));
            requireUsable("the certificates to trust are not PEM", () -> trust.getTrustManagerFactory(vertx));
            options.setTrustOptions(trust);
        }
        if (certificatePem.isPresent() && keyPem.isPresent()) {
            var own = new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(certificatePem.get()))
                    .addKeyValue(Buffer.buffer(keyPem.get()));
            requireUsable("the client certificate and its key are not PEM", () -> own.getKeyManagerFactory(vertx));
            options.setKeyCertOptions(own);
        }
    }

    private interface Attempt {
        Object make() throws Exception;
    }

    private static void requireUsable(String otherwise, Attempt attempt) throws SecretUnavailableException {
        try {
            attempt.make();
        } catch (Exception e) {
            throw new SecretUnavailableException(otherwise, e);
        }
    }

    /** Without the texts, one of which is a key. */
    @Override
    public String toString() {
        return "TlsMaterial[caPem=%s, clientCertificate=%s]".formatted(caPem.isPresent(), certificatePem.isPresent());
    }
}
