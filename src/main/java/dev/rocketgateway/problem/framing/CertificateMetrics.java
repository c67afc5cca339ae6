package dev.rocketgateway.problem.framing;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import jakarta.inject.Singleton;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.util.Collections;

/** Records when the certificates that the gateway presents to callers expire. Thread-safe. */
@Singleton
class CertificateMetrics {

    private final MeterRegistry registry;
    private final TlsConfigurationRegistry configurations;

    CertificateMetrics(MeterRegistry registry, TlsConfigurationRegistry configurations) {
        this.registry = registry;
        this.configurations = configurations;
    }

    /**
     * Watches the certificate of a server.
     *
     * @param tls the name of the server's TLS configuration
     */
    void watch(String tls) {
        Gauge.builder("gateway.certificate.expiry.timestamp", configurations, known -> known.get(tls)
                        .map(TlsConfiguration::getKeyStore)
                        .map(CertificateMetrics::firstEnd)
                        .orElse(Double.NaN))
                .baseUnit("seconds")
                .description("Expiry time of the gateway's own server certificate, in seconds since 1970")
                .tag("tls", tls)
                .strongReference(true)
                .register(registry);
    }

    /** When the first certificate of the store expires, in seconds since 1970; NaN if there is none. */
    static double firstEnd(KeyStore store) {
        try {
            double first = Double.NaN;
            for (var alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias) && store.getCertificate(alias) instanceof X509Certificate certificate) {
                    double end = certificate.getNotAfter().getTime() / 1000.0;
                    first = Double.isNaN(first) ? end : Math.min(first, end);
                }
            }
            return first;
        } catch (KeyStoreException unreadable) {
            return Double.NaN;
        }
    }
}
