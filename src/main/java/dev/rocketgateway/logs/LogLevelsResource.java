package dev.rocketgateway.logs;

import dev.rocketgateway.logs.LogLevels.Changed;
import dev.rocketgateway.logs.LogLevels.Severity;
import dev.rocketgateway.message.Durations;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.check.QueryReader;
import dev.rocketgateway.security.AuditLog;
import dev.rocketgateway.security.Caller;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** {@code /log-levels}: shows and changes the log levels of the replica that answers. */
@Path("/log-levels")
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
class LogLevelsResource {

    private static final Pattern CATEGORY = Pattern.compile("[A-Za-z0-9_$.-]{1,200}");
    private static final Duration DEFAULT_TIME = Duration.ofMinutes(10);
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    private final LogLevels levels;

    LogLevelsResource(LogLevels levels) {
        this.levels = levels;
    }

    /** The categories with another level than the configuration has. */
    record LevelsView(List<Changed> items) {}

    private record Wanted(Severity level, Duration time) {}

    @GET
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public LevelsView list(@Context UriInfo uri, @Context RoutingContext context) {
        Caller.of(context).requireAdmin("read log levels");
        QueryReader.read(uri, Set.of(), query -> "");
        return new LevelsView(levels.all());
    }

    @PUT
    @Path("{category}")
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public Changed set(@PathParam("category") String category, @Context UriInfo uri, @Context RoutingContext context) {
        var caller = Caller.of(context);
        caller.requireAdmin("change log levels");
        check(category);
        var wanted = QueryReader.read(
                uri,
                Set.of("level", "for"),
                query -> new Wanted(
                        query.value("level", LogLevelsResource::level).orElse(Severity.DEBUG),
                        query.value("for", LogLevelsResource::time).orElse(DEFAULT_TIME)));
        var changed = levels.set(category, wanted.level(), wanted.time());
        caller.changedLog(category, changed.level().name());
        return changed;
    }

    @DELETE
    @Path("{category}")
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public void reset(@PathParam("category") String category, @Context UriInfo uri, @Context RoutingContext context) {
        var caller = Caller.of(context);
        caller.requireAdmin("change log levels");
        check(category);
        QueryReader.read(uri, Set.of(), query -> "");
        levels.reset(category);
        caller.changedLog(category, "configured");
    }

    private static void check(String category) {
        if (category.equals(AuditLog.CATEGORY)) {
            throw GatewayException.invalid("category", "cannot be the audit log, which always has level INFO");
        }
        if (!CATEGORY.matcher(category).matches()) {
            throw GatewayException.invalid(
                    "category", "must have 1 to 200 letters, digits, dots, dashes, underscores or $");
        }
    }

    private static Severity level(String text) {
        return Arrays.stream(Severity.values())
                .filter(level -> level.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be ERROR, WARN, INFO or DEBUG"));
    }

    private static Duration time(String text) {
        var time = Durations.parse(text);
        if (time.compareTo(SHORTEST) < 0 || time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "must be from %s to %s".formatted(Durations.format(SHORTEST), Durations.format(LONGEST)));
        }
        return time;
    }
}
