package dev.rocketgateway.problem.answer;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the operations of the API from the annotations of its resources. */
final class ApiOperations {

    private static final Pattern PARAMETER = Pattern.compile("\\{([^}:]+)(?::[^}]+)?}");

    private ApiOperations() {}

    /** The operations of all resources. */
    static List<ApiOperation> all(BeanManager beans) {
        return beans.getBeans(Object.class, Any.Literal.INSTANCE).stream()
                .map(Bean::getBeanClass)
                .filter(type -> type.isAnnotationPresent(Path.class))
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()).flatMap(method -> of(type, method)))
                .toList();
    }

    private static Stream<ApiOperation> of(Class<?> resource, Method method) {
        var template = resource.getAnnotation(Path.class).value()
                + Optional.ofNullable(method.getAnnotation(Path.class))
                        .map(path -> path.value().startsWith("/") ? path.value() : "/" + path.value())
                        .orElse("");
        var consumes = Optional.ofNullable(method.getAnnotation(Consumes.class))
                .or(() -> Optional.ofNullable(resource.getAnnotation(Consumes.class)))
                .map(types -> List.of(types.value()))
                .filter(types -> !types.contains("*/*"))
                .orElse(List.of());
        var produces = Optional.ofNullable(method.getAnnotation(Produces.class))
                .or(() -> Optional.ofNullable(resource.getAnnotation(Produces.class)))
                .map(types -> List.of(types.value()))
                .orElse(List.of());
        return Arrays.stream(method.getAnnotations())
                .map(annotation -> annotation.annotationType().getAnnotation(HttpMethod.class))
                .filter(verb -> verb != null)
                .map(verb -> new ApiOperation(
                        verb.value(),
                        template,
                        ApiOperation.segmentsOf(PARAMETER.matcher(template).replaceAll(ApiOperation.ANY)),
                        ApiOperation.segmentsOf(PARAMETER.matcher(template).replaceAll(name -> "{%s}"
                                .formatted(name.group(1).strip()))),
                        consumes,
                        produces));
    }
}
