package dev.rocketgateway.security.identity;

import dev.rocketgateway.security.SecurityConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Singleton;

/**
 * Requests a client certificate during the TLS handshake, if the settings have callers with certificates. The setting of Quarkus
 * for this is fixed at build time.
 */
@Singleton
class ClientCertificates implements HttpServerOptionsCustomizer {

    private final SecurityConfig config;

    ClientCertificates(SecurityConfig config) {
        this.config = config;
    }

    /**
     * Makes the HTTPS server request a client certificate.
     *
     * @throws ConfigurationException if the trust store is not set; it decides which certificates are trusted
     */
    @Override
    public void customizeHttpsServer(HttpServerOptions options) {
        if (config.certificates().isEmpty()) {
            return;
        }
        if (options.getTrustOptions() == null) {
            throw new ConfigurationException(
                    "`gateway.security.certificates` needs the certificates of the authorities to trust. Set"
                            + " `quarkus.tls.<name>.trust-store.pem.certs`, and `quarkus.http.tls-configuration-name=<name>`.");
        }
        options.setClientAuth(ClientAuth.REQUEST);
    }
}
