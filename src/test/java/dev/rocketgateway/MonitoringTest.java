package dev.rocketgateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rocketgateway.testing.MonitoringFiles;
import dev.rocketgateway.testing.MonitoringFiles.Condition;
import dev.rocketgateway.testing.MonitoringFiles.Expression;
import dev.rocketgateway.testing.MonitoringFiles.Selector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Alerts, runbook and dashboard belong together. {@code MonitoringIT} compares them with a running gateway. */
class MonitoringTest {

    private static final Path DOCS = Path.of("docs");

    private static String name(JsonNode alert) {
        return alert.path("alert").textValue();
    }

    @Test
    void everyAlertSaysWhatToKnow() {
        assertThat(MonitoringFiles.alerts()).isNotEmpty().allSatisfy(alert -> {
            assertThat(name(alert)).startsWith("RocketMqGateway");
            assertThat(alert.path("labels").path("severity").textValue()).isIn("critical", "warning");
            assertThat(alert.path("annotations").path("summary").textValue()).isNotBlank();
            assertThat(alert.path("annotations").path("description").textValue())
                    .endsWith(".");
            assertThat(alert.path("annotations").path("runbook_url").textValue())
                    .endsWith("/docs/runbook.md#" + name(alert).toLowerCase(Locale.ROOT));
        });
    }

    @Test
    void everyAlertHasASectionOfTheRunbookAndNoSectionIsWithoutAnAlert() throws IOException {
        var sections = Files.readString(DOCS.resolve("runbook.md")).split("\n## ");

        assertThat(List.of(sections).stream()
                        .skip(1)
                        .map(section -> section.lines().findFirst().orElse("")))
                .containsExactlyElementsOf(MonitoringFiles.alerts().stream()
                        .map(MonitoringTest::name)
                        .toList());
        assertThat(List.of(sections).stream().skip(1)).allSatisfy(section -> assertThat(section)
                .contains("**What it means.**", "**How to look.**", "```\n", "**What to do.**"));
    }

    @Test
    void everyAlertIsFiredByATest() throws IOException {
        var tests = Files.readString(Path.of("src/test/alerts/tests.yaml"));

        assertThat(MonitoringFiles.alerts())
                .allSatisfy(alert -> assertThat(tests).contains("alertname=\"" + name(alert) + "\""));
    }

    @Test
    void theDashboardHasItsRows() {
        assertThat(MonitoringFiles.panels().stream()
                        .filter(panel -> panel.path("type").textValue().equals("row"))
                        .map(row -> row.path("title").textValue()))
                .containsExactly("Traffic", "Latency", "Broker", "Deliveries", "Backlog", "Receive", "Errors", "JVM");
    }

    /** A value that no series has would make an alert that never fires. */
    @Test
    void valuesOfLabelsAreDocumented() throws IOException {
        var operations = Files.readString(DOCS.resolve("operations.md"));
        var problems = Files.readString(DOCS.resolve("publishing.md"));
        var states = Set.of("failed", "SEND_OK", "heap");

        var values = MonitoringFiles.expressions().stream()
                .flatMap(expression -> expression.selectors().stream())
                .flatMap(selector -> selector.conditions().stream())
                .flatMap(condition -> condition.values().stream())
                .collect(Collectors.toSet());

        assertThat(values)
                .isNotEmpty()
                .allMatch(value -> states.contains(value)
                        || operations.contains("`" + value + "`")
                        || problems.contains("`" + value + "`"));
    }

    @Test
    void ownMetricsAreDocumented() throws IOException {
        var operations = Files.readString(DOCS.resolve("operations.md"));

        assertThat(MonitoringFiles.metrics().filter(metric -> metric.startsWith("gateway_")))
                .isNotEmpty()
                .allMatch(metric -> operations.contains("`" + metric + "`")
                        || operations.contains("`" + metric.replaceFirst("_(bucket|count|sum)$", "") + "`"));
    }

    @Test
    void readsExpressions() {
        var expression = new Expression("test", """
                sum by (namespace, job) (rate(a_total{status!="SEND_OK", kind=~"x|y"}[5m]))
                  / on (job) max_over_time(b:c[1h]) > 0.5 or time() - d < 14 * 24""");

        assertThat(expression.selectors())
                .containsExactly(
                        new Selector(
                                "a_total",
                                List.of(new Condition("status", "!=", "SEND_OK"), new Condition("kind", "=~", "x|y"))),
                        new Selector("b:c", List.of()),
                        new Selector("d", List.of()));
        assertThat(expression.groupings()).containsExactly("job", "namespace");
    }
}
