package dev.rocketgateway.problem.answer;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Serves the pages that problem documents point to, as JSON or HTML: one page with all codes, and one page for each code. */
@Path("/problems")
@NonBlocking
class ProblemsResource {

    /** Explains one type of problem. */
    @Schema(
            name = "ProblemView",
            requiredProperties = {"type", "code", "title", "status", "retryable", "description"})
    record ProblemView(String type, String code, String title, int status, boolean retryable, String description) {

        static ProblemView of(ProblemType type) {
            return new ProblemView(
                    type.uri(), type.code(), type.title(), type.status(), type.retryable(), type.description());
        }

        private String html() {
            return "<h2 id=\"%1$s\"><a href=\"%2$s\">%1$s</a></h2><p><strong>%3$d %4$s</strong> – %5$s</p><p>%6$s</p>"
                    .formatted(
                            code,
                            type,
                            status,
                            title,
                            retryable ? "may succeed later" : "the same request will fail again",
                            description.replace("\"", "&quot;"));
        }
    }

    /** Explains all types of problems. */
    @Schema(name = "ProblemList", requiredProperties = "items")
    record ProblemList(List<ProblemView> items) {}

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public ProblemList list() {
        return new ProblemList(
                Arrays.stream(ProblemType.values()).map(ProblemView::of).toList());
    }

    @GET
    @Produces(MediaType.TEXT_HTML)
    @Operation(hidden = true)
    public String listAsPage() {
        return page("Problems", list().items());
    }

    @GET
    @Path("/{code}")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public ProblemView get(@PathParam("code") String code) {
        return ProblemType.byCode(code)
                .map(ProblemView::of)
                .orElseThrow(() -> GatewayException.of(
                        ProblemType.NOT_FOUND, "No problem has this code; GET /problems lists all codes."));
    }

    @GET
    @Path("/{code}")
    @Produces(MediaType.TEXT_HTML)
    @Operation(hidden = true)
    public String getAsPage(@PathParam("code") String code) {
        var problem = get(code);
        return page(problem.title(), List.of(problem));
    }

    private static String page(String title, List<ProblemView> problems) {
        return """
                <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>%s – RocketMQ HTTP Gateway</title>
                <meta name="viewport" content="width=device-width"><style>body{font:16px/1.5 system-ui,sans-serif;\
                max-width:45rem;margin:2rem auto;padding:0 1rem}h2{margin-bottom:0}p{margin:.2rem 0}</style></head>
                <body><h1>%s</h1>
                %s
                </body></html>
                """.formatted(
                        title, title, problems.stream().map(ProblemView::html).collect(Collectors.joining("\n")));
    }
}
