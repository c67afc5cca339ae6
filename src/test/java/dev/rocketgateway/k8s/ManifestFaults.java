package dev.rocketgateway.k8s;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds what in an object of the gateway does not fit the application, or the objects of the base. */
final class ManifestFaults {

    private static final String GATEWAY = "rocketmq-http-gateway";
    private static final String NAME_LABEL = "app.kubernetes.io/name";

    private final List<String> faults = new ArrayList<>();

    private ManifestFaults() {}

    /** The faults of an object or a patch; none for objects of other programs. */
    static List<String> of(HasMetadata object) {
        var found = new ManifestFaults();
        if (object instanceof Deployment deployment) {
            found.inDeployment(deployment);
        } else if (object instanceof Service service) {
            found.inService(service);
        } else if (object instanceof NetworkPolicy policy) {
            found.inNetworkPolicy(policy);
        } else if (object instanceof HorizontalPodAutoscaler autoscaler) {
            var target = autoscaler.getSpec().getScaleTargetRef();
            found.expect("target", target.getKind() + "/" + target.getName(), "Deployment/" + GATEWAY);
        } else if (object instanceof ScaledObject autoscaler) {
            var target = autoscaler.spec.scaleTargetRef();
            found.expect("target", target.kind() + "/" + target.name(), "Deployment/" + GATEWAY);
        } else if (object instanceof PodMonitor monitor) {
            found.inPodMonitor(monitor);
        } else if (object instanceof HTTPRoute route) {
            found.inRoute(route);
        }
        return found.faults;
    }

    private void expect(String what, Object is, Object expected) {
        if (!expected.equals(is)) {
            faults.add("%s is %s, not %s".formatted(what, is, expected));
        }
    }

    private void inDeployment(Deployment deployment) {
        var template = deployment.getSpec().getTemplate();
        if (!deployment.getMetadata().getName().equals(GATEWAY) || template == null) {
            return;
        }
        template.getSpec().getContainers().forEach(this::inContainer);
    }

    private void inContainer(Container container) {
        expect("container", container.getName(), Manifests.container().getName());
        for (EnvVar variable : container.getEnv()) {
            if (!Manifests.isRead(variable.getName())) {
                faults.add("variable %s is not one that the application reads".formatted(variable.getName()));
            }
        }
        for (var port : container.getPorts()) {
            expect("port " + port.getName(), port.getContainerPort(), Manifests.port(port.getName()));
        }
    }

    private void inService(Service service) {
        if (!service.getMetadata().getName().equals(GATEWAY)) {
            return;
        }
        selector(service.getSpec().getSelector());
        for (var port : service.getSpec().getPorts()) {
            expect("target port", port.getTargetPort().getStrVal(), "http");
        }
    }

    private void inNetworkPolicy(NetworkPolicy policy) {
        if (policy.getSpec().getPodSelector() != null) {
            selector(policy.getSpec().getPodSelector().getMatchLabels());
        }
        var open = Set.of(Manifests.port("http"), Manifests.port("management"));
        for (var rule : policy.getSpec().getIngress()) {
            for (var port : rule.getPorts()) {
                if (!open.contains(port.getPort().getIntVal())) {
                    faults.add("ingress port %s is not one of %s"
                            .formatted(port.getPort().getIntVal(), open));
                }
            }
        }
    }

    private void inPodMonitor(PodMonitor monitor) {
        selector(monitor.getSpec().getSelector().getMatchLabels());
        for (var endpoint : monitor.getSpec().getPodMetricsEndpoints()) {
            expect("port", endpoint.getPort(), "management");
            expect(
                    "path",
                    endpoint.getPath(),
                    Manifests.properties(Manifests.APPLICATION).get("quarkus.micrometer.export.prometheus.path"));
        }
    }

    private void inRoute(HTTPRoute route) {
        var service = Manifests.only(Service.class);
        for (var rule : route.getSpec().getRules()) {
            for (var backend : rule.getBackendRefs()) {
                expect("backend", backend.getName(), service.getMetadata().getName());
                expect(
                        "port of the backend",
                        backend.getPort(),
                        service.getSpec().getPorts().get(0).getPort());
            }
        }
    }

    private void selector(Map<String, String> labels) {
        expect("selector", labels, Map.of(NAME_LABEL, GATEWAY));
    }
}
