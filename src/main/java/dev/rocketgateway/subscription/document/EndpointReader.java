package dev.rocketgateway.subscription.document;

import dev.rocketgateway.subscription.Endpoint;
import dev.rocketgateway.subscription.Endpoint.Signing;
import dev.rocketgateway.subscription.Endpoint.Tls;
import dev.rocketgateway.subscription.EndpointAuth;
import dev.rocketgateway.subscription.EndpointUrl;
import dev.rocketgateway.subscription.SecretText;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code endpoint}. */
final class EndpointReader {

    private static final URI ANY_URL = URI.create("https://none");

    private final EndpointConfig config;
    private final FieldReader fields;
    private final DocumentSource rules;
    private final SecretReader secrets;

    EndpointReader(EndpointConfig config, FieldReader fields, DocumentSource rules) {
        this.config = config;
        this.fields = fields;
        this.rules = rules;
        this.secrets = new SecretReader(fields.faults(), rules);
    }

    Endpoint read() {
        var url = fields.required(Endpoint.URL_FIELD, config.url(), EndpointUrl::parse, ANY_URL);
        var method = fields.choice("endpoint.method", config.method(), Endpoint.Method.class);
        boolean http2 = fields.flag("endpoint.http2", config.http2());
        var connectTimeout = fields.duration(Endpoint.CONNECT_TIMEOUT, config.connectTimeout());
        var timeout = fields.duration(Endpoint.TIMEOUT, config.timeout());
        var tls = tls();
        var auth = new AuthReader(config.auth(), fields, secrets, rules).read();
        var signing = new SigningReader(config.signing(), fields, secrets, rules).read();
        return fields.part(
                () -> new Endpoint(url, method, http2, config.headers(), connectTimeout, timeout, tls, auth, signing),
                new Endpoint(
                        ANY_URL,
                        method,
                        false,
                        Map.of(),
                        connectTimeout,
                        timeout,
                        tls,
                        new EndpointAuth.None(),
                        new Signing(Signing.Type.NONE, List.of())));
    }

    private Tls tls() {
        var tls = config.tls();
        var ca = tls.caRef().map(name -> secrets.reference("endpoint.tls.caRef", name));
        var client = tls.clientCertRef().map(name -> {
            secrets.reference("endpoint.tls.clientCertRef", name);
            return name;
        });
        boolean skip = fields.flag("endpoint.tls.insecureSkipVerify", tls.insecureSkipVerify());
        return fields.part(
                () -> new Tls(
                        ca,
                        client.map(name -> new SecretText.Reference(name + Tls.CERTIFICATE_FILE)),
                        client.map(name -> new SecretText.Reference(name + Tls.KEY_FILE)),
                        tls.serverName(),
                        skip),
                new Tls(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false));
    }
}
