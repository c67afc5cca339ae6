package dev.rocketgateway.webhook;

import java.util.Optional;

/**
 * Whom TLS trusts, and as whom it speaks.
 *
 * @param caPem certificates to trust instead of those the JVM trusts
 * @param clientCertificate what the gateway shows when it is asked who it is
 * @param serverName the name the certificate must have, instead of the host of the URL
 * @param insecureSkipVerify takes any certificate, also an attacker's
 */
public record WebhookTls(
        Optional<Secret> caPem,
        Optional<ClientCertificate> clientCertificate,
        Optional<String> serverName,
        boolean insecureSkipVerify) {

    public WebhookTls {
        serverName.ifPresent(name -> {
            if (!name.matches("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")) {
                throw new IllegalArgumentException("serverName '%s' is not a host name".formatted(name));
            }
        });
    }

    /** The JVM's trust, the name of the URL, and no certificate of our own. */
    public static WebhookTls ofTheJvm() {
        return new WebhookTls(Optional.empty(), Optional.empty(), Optional.empty(), false);
    }

    /** A certificate with its chain, and its key in PKCS#8; both PEM. */
    public record ClientCertificate(Secret certificatePem, Secret keyPem) {}
}
