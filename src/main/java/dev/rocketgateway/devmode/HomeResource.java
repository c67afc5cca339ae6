package dev.rocketgateway.devmode;

import io.quarkus.arc.profile.IfBuildProfile;
import io.quarkus.vertx.http.HttpServerStart;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.logging.Logger;

/**
 * Lists the pages of dev mode at {@code /}, and logs the most important pages when the server listens. The packaged service has
 * nothing at {@code /}.
 */
@IfBuildProfile("dev")
@ApplicationScoped
@Path("/")
class HomeResource {

    private static final Logger LOG = Logger.getLogger(HomeResource.class);

    private static final String MANAGEMENT_PORT = "quarkus.management.port";
    private static final String HEALTH = "/q/health";
    private static final String METRICS = "/q/metrics";
    private static final Map<String, String> PATHS = paths();

    private static Map<String, String> paths() {
        var paths = new LinkedHashMap<String, String>();
        paths.put("inbox", "/dev/inbox");
        paths.put("api", "/q/swagger-ui");
        paths.put("subscriptions", "/subscriptions");
        return paths;
    }

    private final Config config;

    HomeResource(Config config) {
        this.config = config;
    }

    /** Logs the pages. The event occurs once for each server, so not again after a live reload. */
    void listening(@ObservesAsync HttpServerStart start) {
        var options = start.options();
        var root = "%s://%s:%d".formatted(options.isSsl() ? "https" : "http", options.getHost(), options.getPort());
        LOG.infof(
                "dev mode is up%n%n  publish  curl -d 'hello' '%1$s/topics/demo/messages'%n  inbox    %1$s%2$s%n  API      %1$s%3$s%n  health   %4$s%5$s%n",
                root, PATHS.get("inbox"), PATHS.get("api"), management(options.getHost()), HEALTH);
    }

    @GET
    @Produces(MediaType.TEXT_PLAIN + ";charset=UTF-8")
    @Operation(hidden = true)
    public String text(@Context UriInfo uri) {
        var text = new StringBuilder();
        json(uri).forEach((name, link) -> text.append("%-14s %s%n".formatted(name, link)));
        return text.toString();
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON + ";qs=0.5")
    @Operation(hidden = true)
    public Map<String, String> json(@Context UriInfo uri) {
        var links = new LinkedHashMap<String, String>();
        PATHS.forEach(
                (name, path) -> links.put(name, uri.getBaseUri().resolve(path).toString()));
        var management = management(uri.getBaseUri().getHost());
        links.put("health", management + HEALTH);
        links.put("metrics", management + METRICS);
        return links;
    }

    private String management(String host) {
        return "http://%s:%s".formatted(host, config.getValue(MANAGEMENT_PORT, String.class));
    }

    @GET
    @Produces(MediaType.TEXT_HTML + ";qs=0.5")
    @Operation(hidden = true)
    public InputStream page() {
        return Pages.open("home.html");
    }
}
