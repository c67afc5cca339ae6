package dev.rocketgateway.security.identity;

import dev.rocketgateway.security.Grants;
import dev.rocketgateway.security.Principal;
import dev.rocketgateway.security.SecurityConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;

/** Finds the caller that a client certificate belongs to. The TLS layer has already verified the certificate. Immutable. */
final class Certificates {

    /** Types of subject alternative names (RFC 5280, section 4.2.1.6). */
    private static final int EMAIL = 1;

    private static final int DNS = 2;
    private static final int URI = 6;

    private final List<Known> known = new ArrayList<>();

    private record Known(Set<String> names, Optional<X500Principal> subject, Identity identity) {}

    /**
     * @throws ConfigurationException if a caller does not have exactly one of {@code san} and {@code subject}, or has a malformed
     *     subject or no role
     */
    Certificates(Map<String, SecurityConfig.CertificateConfig> certificates, Roles roles) {
        certificates.forEach((name, certificate) -> {
            var setting = "gateway.security.certificates.%s".formatted(name);
            if (certificate.san().isEmpty() == certificate.subject().isEmpty()) {
                throw new ConfigurationException("Set either `%1$s.san` or `%1$s.subject`.".formatted(setting));
            }
            var grants = roles.of(certificate.roles(), setting + ".roles");
            known.add(new Known(
                    Set.copyOf(certificate.san().orElse(List.of())),
                    certificate.subject().map(subject -> subject(subject, setting)),
                    identity(name, grants)));
        });
    }

    private static Identity identity(String name, Grants grants) {
        return new Identity(new Principal(Principal.Kind.CERTIFICATE, name), grants);
    }

    private static X500Principal subject(String subject, String setting) {
        try {
            return new X500Principal(subject);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    "`%s.subject` is not a subject. Write it as in CN=orders,O=Example.".formatted(setting));
        }
    }

    Optional<Identity> find(X509Certificate certificate) {
        var names = names(certificate);
        return known.stream()
                .filter(caller -> caller.names().stream().anyMatch(names::contains)
                        || caller.subject()
                                .filter(certificate.getSubjectX500Principal()::equals)
                                .isPresent())
                .map(Known::identity)
                .findFirst();
    }

    private static Set<String> names(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? Set.of()
                    : names.stream()
                            .filter(name -> isOfItsKind(name.get(0), String.valueOf(name.get(1))))
                            .map(name -> String.valueOf(name.get(1)))
                            .collect(Collectors.toSet());
        } catch (CertificateParsingException e) {
            return Set.of();
        }
    }

    /**
     * Whether the name has the type that its form requires. Otherwise, a DNS name that looks like a URI would count as this URI.
     */
    private static boolean isOfItsKind(Object type, String name) {
        if (name.contains("://")) {
            return type.equals(URI);
        }
        if (name.contains("@")) {
            return type.equals(EMAIL);
        }
        return name.contains(":") ? type.equals(URI) : type.equals(DNS);
    }
}
