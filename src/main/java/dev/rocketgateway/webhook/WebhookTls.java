package dev.rocketgateway.webhook;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * TLS settings of an endpoint: which certificates the gateway trusts, and which certificate it presents.
 *
 * @param caPem certificates to trust instead of those the JVM trusts
 * @param clientCertificate the certificate that the gateway presents if the endpoint asks for one
 * @param serverName the name the certificate must have, instead of the host of the URL
 * @param insecureSkipVerify whether to accept any certificate, even an attacker's
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

    boolean readsFiles() {
        return Stream.concat(
                        caPem.stream(),
                        clientCertificate.stream().flatMap(own -> Stream.of(own.certificatePem(), own.keyPem())))
                .anyMatch(Secret::readsFile);
    }

    /** Trusts the JVM's certificates, expects the host of the URL, and presents no client certificate. */
    public static WebhookTls ofTheJvm() {
        return new WebhookTls(Optional.empty(), Optional.empty(), Optional.empty(), false);
    }

    /** A certificate with its chain, and its key in PKCS#8; both PEM. */
    public record ClientCertificate(Secret certificatePem, Secret keyPem) {}
}
