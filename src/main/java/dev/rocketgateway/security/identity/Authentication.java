package dev.rocketgateway.security.identity;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.answer.ProblemAnswers;
import dev.rocketgateway.security.AuditLog;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.security.CallerAddress;
import dev.rocketgateway.security.Grants;
import dev.rocketgateway.security.Principal;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Authenticates every request and attaches the {@link Caller} to it. The code that performs the operation checks what the caller
 * may do.
 *
 * <pre>
 *   Authorization or X-API-Key ──▶ API key, token ─┐
 *   client certificate ────────────────────────────┼──▶ Caller ──▶ the operation
 *   nothing ──▶ anonymous, if that is open ────────┘
 *          └──▶ 401
 * </pre>
 * Runs on the event loop.
 */
@ApplicationScoped
class Authentication implements TokenAuthentication.Next {

    /**
     * Priority of this filter: after the handler that discards the body of a refused request, and before every handler that
     * performs an operation.
     */
    private static final int BEFORE_ANYTHING_ACTS = 920;

    private static final Pattern DOCUMENTS =
            Pattern.compile("/problems(?:/[^/]+)?|/q/openapi(?:\\.[a-z]+)?|/q/swagger-ui(?:/.*)?");

    private final AcceptedCredentials accepted;
    private final AuditLog audit;
    private final TokenAuthentication tokens;

    Authentication(AcceptedCredentials accepted, AuditLog audit, Vertx vertx) {
        this.accepted = accepted;
        this.audit = audit;
        this.tokens = new TokenAuthentication(accepted.tokens(), accepted.threads(), vertx);
    }

    void register(@Observes Filters filters) {
        filters.register(this::authenticate, BEFORE_ANYTHING_ACTS);
    }

    private void authenticate(RoutingContext context) {
        if (isOpen(context)) {
            proceed(context, new Identity(Principal.ANONYMOUS, Grants.NONE));
            return;
        }
        try {
            var credentials = Credentials.in(context.request().headers());
            if (credentials.isEmpty()) {
                proceed(context, withoutHeader(context.request()));
            } else if (credentials.get().isApiKey()) {
                proceed(
                        context,
                        accepted.apiKeys()
                                .find(credentials.get().value())
                                .orElseThrow(() -> new InvalidCredentialsException("this API key is not known")));
            } else {
                tokens.authenticate(context, credentials.get().value(), this);
            }
        } catch (InvalidCredentialsException e) {
            refuse(context, e);
        } catch (GatewayException e) {
            ProblemAnswers.fail(context, e);
        }
    }

    /** The identity of a caller without credentials in a header: that of its client certificate, or anonymous. */
    private Identity withoutHeader(HttpServerRequest request) throws InvalidCredentialsException {
        var certificate = certificate(request);
        if (certificate.isPresent()) {
            var known = accepted.certificates().find(certificate.get());
            if (known.isPresent()) {
                return known.get();
            }
        }
        var open = accepted.anonymous();
        if (open.isPresent()) {
            return new Identity(Principal.ANONYMOUS, open.get());
        }
        if (certificate.isPresent()) {
            throw new InvalidCredentialsException("no caller is configured for this client certificate");
        }
        audit.unauthenticated();
        throw GatewayException.of(
                ProblemType.CREDENTIALS_MISSING,
                "The request has no credentials. Send an API key or a token in the header Authorization: Bearer, or use a client"
                        + " certificate.");
    }

    private static Optional<X509Certificate> certificate(HttpServerRequest request) {
        // In HTTP/2 a caller can name the scheme https without TLS.
        if (!request.connection().isSsl()) {
            return Optional.empty();
        }
        try {
            List<Certificate> chain = request.connection().peerCertificates();
            return chain.isEmpty() ? Optional.empty() : Optional.of((X509Certificate) chain.get(0));
        } catch (SSLPeerUnverifiedException none) {
            return Optional.empty();
        }
    }

    /**
     * Whether the request needs no credentials. This is so for the API documents, unless they are protected, and for OPTIONS. Their
     * responses do not depend on the caller.
     */
    private boolean isOpen(RoutingContext context) {
        return context.request().method().equals(HttpMethod.OPTIONS)
                || !accepted.protectsDocuments() && isDocument(context);
    }

    /**
     * Whether the request is for an API document. Uses the normalized path, as the router does: unnecessary percent-encoding is
     * removed.
     */
    private static boolean isDocument(RoutingContext context) {
        var path = context.normalizedPath();
        // Most requests are not for a document.
        return (path.startsWith("/problems") || path.startsWith("/q/"))
                && DOCUMENTS.matcher(path).matches();
    }

    @Override
    public void proceed(RoutingContext context, Identity identity) {
        var request = context.request();
        var caller = new Caller(identity.principal(), identity.grants(), CallerAddress.of(request), audit);
        if (accepted.protectsDocuments() && isDocument(context)) {
            try {
                caller.requireAdmin("read the API documents");
            } catch (GatewayException e) {
                ProblemAnswers.fail(context, e);
                return;
            }
        }
        caller.attachTo(context);
        context.next();
    }

    @Override
    public void refuse(RoutingContext context, InvalidCredentialsException e) {
        var address = CallerAddress.of(context.request());
        audit.refused(address, e.reason());
        if (accepted.failures().count(address)) {
            ProblemAnswers.fail(
                    context,
                    GatewayException.of(
                            ProblemType.CREDENTIALS_INVALID,
                            "The credentials are not accepted: %s.".formatted(e.reason())));
        } else {
            ProblemAnswers.fail(
                    context,
                    GatewayException.of(
                                    ProblemType.RATE_LIMITED,
                                    "Too many wrong credentials came from this address. Try again after Retry-After.")
                            .withRetryAfter(Duration.ofMinutes(1)));
        }
    }
}
