package dev.rocketgateway.k8s;

import static dev.rocketgateway.k8s.Manifests.MANIFESTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the base, the components and the overlays of k8s/ to the application. */
class ComponentsTest {

    static List<Path> manifests() {
        return Manifests.manifests(MANIFESTS);
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void everyManifestFitsTheApplication(Path manifest) {
        assertThat(StrictYaml.objects(manifest))
                .allSatisfy(object ->
                        assertThat(ManifestFaults.of(object)).as("%s", manifest).isEmpty());
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                arguments("variable", "GATEWAY_STORE_URL", "GATEWAY_STORE_URI", "postgresql/deployment.yaml"),
                arguments("variable", "OTEL_SERVICE_NAME", "OTEL_NAME", "tracing/deployment.yaml"),
                arguments("container", "- name: gateway", "- name: app", "alibaba-cloud/deployment.yaml"),
                arguments("port", "port: management", "port: http", "monitoring/podmonitor.yaml"),
                arguments("path", "/q/metrics", "/metrics", "monitoring/podmonitor.yaml"),
                arguments(
                        "selector",
                        "name: rocketmq-http-gateway\n  pod",
                        "name: x\n  pod",
                        "monitoring/podmonitor.yaml"),
                arguments("port of the backend", "port: 80", "port: 8080", "gateway-api/httproute.yaml"),
                arguments("backend", "- name: rocketmq-http-gateway", "- name: x", "gateway-api/httproute.yaml"),
                arguments("target", "kind: Deployment", "kind: X", "autoscaling/horizontalpodautoscaler.yaml"),
                arguments("target", "kind: Deployment", "kind: X", "autoscaling/scaledobject.example.yaml"),
                arguments("port http", "containerPort: 8080", "containerPort: 8081", "../base/deployment.yaml"),
                arguments("target port", "targetPort: http", "targetPort: https", "../base/service.yaml"),
                arguments("ingress port", "port: 9000", "port: 9001", "../base/networkpolicy.yaml"));
    }

    @ParameterizedTest(name = "{3}: {2}")
    @MethodSource("wrong")
    void whatDoesNotFitIsFound(String what, String right, String wrong, String file, @TempDir Path directory)
            throws IOException {
        var manifest = Manifests.read(MANIFESTS.resolve("components").resolve(file));
        assertThat(manifest).contains(right);
        var changed = Files.writeString(directory.resolve("a.yaml"), manifest.replace(right, wrong));

        assertThat(StrictYaml.objects(changed)).flatMap(ManifestFaults::of).anySatisfy(fault -> assertThat(fault)
                .startsWith(what + " "));
    }

    static List<Path> unknownFields() {
        return manifests().stream()
                .filter(manifest -> !Manifests.read(manifest).contains("kind: Namespace"))
                .filter(manifest -> Manifests.read(manifest).contains("\nspec:\n"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("unknownFields")
    void anUnknownFieldIsFoundInEveryKind(Path manifest, @TempDir Path directory) throws IOException {
        var changed = Files.writeString(
                directory.resolve("a.yaml"),
                Manifests.read(manifest).replaceFirst("\nspec:\n", "\nspec:\n  unknownField: 1\n"));

        assertThat(catchThrowable(() -> StrictYaml.objects(changed))).hasMessageContaining("unknownField");
    }

    /** Each variable from a Secret has its line in an example of this Secret. */
    @ParameterizedTest
    @MethodSource("deployments")
    void everyKeyOfASecretIsInAnExample(Path manifest) {
        var secrets = Manifests.objects(MANIFESTS, Secret.class);
        StrictYaml.objects(manifest).stream()
                .filter(Deployment.class::isInstance)
                .map(Deployment.class::cast)
                .flatMap(deployment -> deployment.getSpec().getTemplate() == null
                        ? Stream.empty()
                        : deployment.getSpec().getTemplate().getSpec().getContainers().stream())
                .flatMap(container -> container.getEnv().stream())
                .map(EnvVar::getValueFrom)
                .filter(Objects::nonNull)
                .map(EnvVarSource::getSecretKeyRef)
                .filter(reference -> !Boolean.TRUE.equals(reference.getOptional()))
                .forEach(reference -> assertThat(secrets)
                        .as("%s of %s", reference.getKey(), reference.getName())
                        .anyMatch(secret -> secret.getMetadata().getName().equals(reference.getName())
                                && secret.getStringData().containsKey(reference.getKey())));
    }

    static List<Path> deployments() {
        return manifests().stream()
                .filter(manifest -> Manifests.read(manifest).contains("kind: Deployment"))
                .toList();
    }
}
