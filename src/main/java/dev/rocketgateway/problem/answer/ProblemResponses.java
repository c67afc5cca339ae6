package dev.rocketgateway.problem.answer;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.Problem;
import dev.rocketgateway.problem.ProblemType;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import io.quarkus.smallrye.openapi.OpenApiFilter.RunStage;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.examples.Example;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/**
 * Completes the OpenAPI document. Each operation has a list of its problem codes in {@code META-INF/openapi.yaml}. This class turns
 * the list into descriptions of the failures, and adds the header that every response has.
 *
 * <pre>
 * x-problems: [empty-body, …] ──▶ responses: 400, with an example and the explanation of each code
 * responses: default ───────────▶ the headers and the schema of each of these responses
 * components: examples ─────────▶ completed with the fields that the code decides: type, title, status, retryable
 * </pre>
 * Runs during the build. The build fails if a code has no example, or if an operation has no list of codes or no list of
 * permissions.
 */
@OpenApiFilter(stages = RunStage.BUILD)
public class ProblemResponses implements OASFilter {

    private static final String CODES = "x-problems";
    private static final String PERMISSION = "x-permission";

    /** The problems of every operation that needs a permission. */
    private static final List<ProblemType> OF_CREDENTIALS = List.of(
            ProblemType.CREDENTIALS_MISSING,
            ProblemType.CREDENTIALS_INVALID,
            ProblemType.RATE_LIMITED,
            ProblemType.ISSUER_UNAVAILABLE);

    private static final String NO_SNIFFING = "X-Content-Type-Options";
    private static final String INSTANCE = "/topics/demo/messages";
    private static final String REQUEST_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

    @Override
    public void filterOpenAPI(OpenAPI api) {
        var examples = api.getComponents().getExamples();
        for (var type : ProblemType.values()) {
            complete(type, examples.get(type.code()));
        }
        api.getPaths().getPathItems().values().stream()
                .flatMap(path -> path.getOperations().values().stream())
                .forEach(ProblemResponses::describe);
    }

    private static void complete(ProblemType type, @Nullable Example example) {
        if (example == null || !(example.getValue() instanceof Map<?, ?> given)) {
            throw new IllegalStateException("no example of the problem " + type.code());
        }
        var problem = new LinkedHashMap<String, Object>();
        problem.put("type", type.uri());
        problem.put("title", type.title());
        problem.put("status", type.status());
        problem.put("detail", given.get("detail"));
        problem.put("instance", INSTANCE);
        problem.put("code", type.code());
        problem.put("retryable", type.retryable());
        given.forEach((name, value) -> problem.put(name.toString(), value));
        problem.put("requestId", REQUEST_ID);
        example.setSummary(type.title());
        example.setValue(problem);
    }

    private static void describe(Operation operation) {
        if (!(operation.getExtension(CODES) instanceof List<?> codes)) {
            throw new IllegalStateException("%s has no %s".formatted(operation.getOperationId(), CODES));
        }
        if (!(operation.getExtension(PERMISSION) instanceof List<?> permissions)) {
            throw new IllegalStateException("%s has no %s".formatted(operation.getOperationId(), PERMISSION));
        }
        operation.removeExtension(CODES);
        var responses = operation.getResponses();
        var common = responses.getDefaultValue();
        var byStatus = new TreeMap<Integer, List<ProblemType>>();
        var types = EnumSet.noneOf(ProblemType.class);
        for (var code : codes) {
            types.add(ProblemType.byCode(code.toString())
                    .orElseThrow(() -> new IllegalStateException("no problem " + code)));
        }
        if (permissions.isEmpty()) {
            operation.setSecurity(List.of());
        } else {
            types.addAll(OF_CREDENTIALS);
        }
        types.forEach(type -> byStatus.computeIfAbsent(type.status(), status -> new ArrayList<>())
                .add(type));
        byStatus.forEach((status, those) -> responses.addAPIResponse(status.toString(), response(those, common)));
        responses.removeAPIResponse("default");
        responses
                .getAPIResponses()
                .values()
                .forEach(response -> response.addHeader(
                        NO_SNIFFING, OASFactory.createHeader().ref(NO_SNIFFING)));
    }

    private static APIResponse response(List<ProblemType> types, APIResponse common) {
        var response = OASFactory.createAPIResponse()
                .description(types.stream()
                        .map(type -> "`%s`: %s".formatted(type.code(), type.description()))
                        .collect(Collectors.joining("\n\n")));
        common.getHeaders().forEach(response::addHeader);
        if (GatewayException.of(types.get(0), "").retryAfter().isPresent()) {
            response.addHeader("Retry-After", OASFactory.createHeader().ref("Retry-After"));
        }
        var schema = common.getContent().getMediaType(Problem.MEDIA_TYPE).getSchema();
        var problem = OASFactory.createMediaType().schema(schema);
        for (var type : types) {
            problem.addExample(type.code(), OASFactory.createExample().ref(type.code()));
        }
        return response.content(OASFactory.createContent().addMediaType(Problem.MEDIA_TYPE, problem));
    }
}
