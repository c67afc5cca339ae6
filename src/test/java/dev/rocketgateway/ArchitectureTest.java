package dev.rocketgateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.PackageMatcher;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import io.smallrye.config.ConfigMapping;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

@AnalyzeClasses(packages = "dev.rocketgateway", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String ROOT = "dev.rocketgateway";
    private static final int LONGEST_FILE = 300;

    /** Which of our packages a package may use; see CONTRIBUTING.md. */
    private static ArchRule uses(String ofOurs, String... allowed) {
        var own = ROOT + "." + ofOurs + "..";
        var permitted = new ArrayList<String>();
        permitted.add(own);
        Arrays.stream(allowed).map(name -> ROOT + "." + name + "..").forEach(permitted::add);
        var forbidden = DescribedPredicate.describe(
                "our classes outside " + permitted,
                (JavaClass type) -> type.getPackageName().startsWith(ROOT)
                        && permitted.stream()
                                .noneMatch(pattern -> PackageMatcher.of(pattern).matches(type.getPackageName())));
        return noClasses()
                .that()
                .resideInAPackage(own)
                .should()
                .dependOnClassesThat(forbidden)
                .because("arrows between packages point one way");
    }

    @ArchTest
    static final ArchRule messageUses = uses("message");

    @ArchTest
    static final ArchRule webhookUses = uses("webhook");

    @ArchTest
    static final ArchRule problemUses = uses("problem");

    @ArchTest
    static final ArchRule publishUses = uses("publish", "message", "problem");

    @ArchTest
    static final ArchRule subscriptionUses = uses("subscription", "message", "problem");

    @ArchTest
    static final ArchRule deliverUses = uses("deliver", "message", "problem", "subscription", "webhook");

    @ArchTest
    static final ArchRule rocketmqUses = uses("rocketmq", "message", "publish", "deliver");

    @ArchTest
    static final ArchRule devmodeUses = uses("devmode", "rocketmq", "subscription", "message");

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles = slices().matching(ROOT + ".(*)..")
            .should()
            .beFreeOfCycles()
            .because("what depends on itself in a circle cannot be understood or changed in parts");

    @ArchTest
    static final ArchRule nobodyUsesTheRoot = noClasses()
            .that()
            .resideInAPackage(ROOT + ".*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT)
            .because("the root package only starts and stops the others");

    @ArchTest
    static final ArchRule messageImportsOnlyTheJdk = classes()
            .that()
            .resideInAPackage(ROOT + ".message..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", ROOT + ".message..", "org.jspecify..")
            .because("its words are shared by packages that share nothing else");

    @ArchTest
    static final ArchRule onlyRocketmqImportsRocketMq = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".rocketmq..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.rocketmq..")
            .because("the client's types and traps stay behind our ports");

    @ArchTest
    static final ArchRule onlyWebhookUsesAnHttpClient = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".webhook..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("io\\.vertx\\.core\\.http\\.HttpClient.*|java\\.net\\.http\\..*")
            .because("every request to an endpoint passes one place");

    @ArchTest
    static final ArchRule onlyProblemMapsExceptions = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".problem..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching(".*\\.ServerExceptionMapper|jakarta\\.ws\\.rs\\.ext\\.ExceptionMapper")
            .because("the error contract is one");

    @ArchTest
    static final ArchRule onlySubscriptionUsesTheDatabase = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".subscription..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql..")
            .because("what is stored is the store's business");

    @ArchTest
    static final ArchRule onlySecurityUsesQuarkusSecurity = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".security..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.quarkus.security..")
            .because("who may do what is decided in one place");

    @ArchTest
    static final ArchRule noConfigProperty = noFields()
            .should()
            .beAnnotatedWith(ConfigProperty.class)
            .because("settings are config interfaces, which the documentation is held to");

    @ArchTest
    static final ArchRule noConfigPropertyAnywhere = noClasses()
            .should()
            .dependOnClassesThat()
            .areAssignableTo(ConfigProperty.class)
            .because("settings are config interfaces, which the documentation is held to");

    @ArchTest
    static final ArchRule onlyKnownSystemPropertiesAreSet = noClasses()
            .that()
            .haveSimpleNameNotEndingWith("TrainingRun")
            .and()
            .doNotHaveSimpleName("KeptOverReloads")
            .should()
            .callMethod(System.class, "setProperty", String.class, String.class)
            .because("a system property is a setting, and one that does not exist stops the next start");

    @ArchTest
    static final ArchRule noFieldInjection =
            fields().should().notBeAnnotatedWith(Inject.class).because("what a class needs stands in its constructor");

    @ArchTest
    static final ArchRule micrometerOnlyInMetrics = noClasses()
            .that()
            .haveSimpleNameNotEndingWith("Metrics")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.micrometer..")
            .because("code tells what happened, and metrics listen");

    @ArchTest
    static final ArchRule healthOnlyInChecks = noClasses()
            .that()
            .haveSimpleNameNotEndingWith("Check")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.eclipse.microprofile.health..")
            .because("health reads what others know");

    @ArchTest
    static final ArchRule namesSayWhatAClassIs = noClasses()
            .should()
            .haveNameMatching(".*(Impl|Util|Utils|Helper|Manager)")
            .because("such a name says nothing");

    @ArchTest
    static final ArchRule noJavaUtilLogging = GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

    @ArchTest
    static final ArchRule onlyTheMainClassWritesToStandardStreams =
            noClasses().that().doNotBelongToAnyOf(Gateway.class).should(GeneralCodingRules.ACCESS_STANDARD_STREAMS);

    @Test
    void everyConfigInterfaceIsAmongTheKnownSettings() {
        var mappings = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages(ROOT).stream()
                        .filter(type -> type.isAnnotatedWith(ConfigMapping.class))
                        .map(JavaClass::getName);

        assertThat(KnownSettings.MAPPINGS.stream().map(Class::getName))
                .containsExactlyInAnyOrderElementsOf(mappings.toList());
    }

    @Test
    void noMainFileIsTooLong() throws IOException {
        try (var files = Files.walk(Path.of("src/main/java"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".java")))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(Files.readAllLines(file)).hasSizeLessThanOrEqualTo(LONGEST_FILE));
        }
    }
}
