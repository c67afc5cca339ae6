package dev.rocketgateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
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
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

@AnalyzeClasses(packages = "dev.rocketgateway", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String ROOT = "dev.rocketgateway";
    private static final int LONGEST_FILE = 250;

    private static final int LARGEST_ROOM = 25;
    private static final String NOT_IN_A_ROOM = "(root)";

    /**
     * The allowed dependencies between rooms. A new dependency is a decision and needs a line here. CONTRIBUTING.md has the map.
     */
    private static final String ROOMS = """
            (root)                -> deliver deliver.lease deliver.report deliver.run devmode look look.tail problem
                                   | problem.answer publish rocketmq rocketmq.admin rocketmq.client rocketmq.produce security
                                   | security.identity subscription subscription.document subscription.file subscription.store
                                   | tracing webhook
            deliver               -> message problem
            deliver.attempt       -> deliver deliver.breaker deliver.event deliver.payload message subscription tracing webhook
            deliver.breaker       -> subscription
            deliver.event         -> deliver deliver.breaker message subscription webhook
            deliver.lease         -> deliver deliver.attempt deliver.event deliver.run message subscription subscription.history
                                   | subscription.secret
            deliver.operate       -> deliver deliver.attempt deliver.breaker deliver.event deliver.payload deliver.report
                                   | deliver.run message problem problem.check problem.json security subscription
                                   | subscription.fault subscription.history webhook webhook.target
            deliver.payload       -> message subscription webhook
            deliver.pull          -> deliver deliver.event deliver.lease deliver.operate deliver.payload deliver.run message
                                   | problem problem.answer problem.check security subscription subscription.fault tracing webhook
            deliver.report        -> deliver deliver.breaker deliver.event deliver.run message subscription subscription.history
                                   | webhook
            deliver.run           -> deliver deliver.attempt deliver.breaker deliver.event message subscription subscription.store
                                   | tracing webhook webhook.send webhook.target
            devmode               -> message rocketmq rocketmq.client subscription.document
            logs                  -> message problem problem.check security
            look                  -> deliver message problem problem.check security
            look.message          -> deliver deliver.payload look message problem problem.check security subscription
                                   | subscription.history
            look.tail             -> deliver deliver.payload look message problem problem.answer problem.check security
            look.topic            -> look message problem.check security
            problem.answer        -> problem tracing
            problem.check         -> message problem problem.answer problem.framing
            problem.framing       -> problem problem.json
            problem.json          -> problem
            publish               -> message problem
            publish.admission     -> message problem publish security
            publish.attributes    -> message problem problem.answer problem.json publish
            publish.batch         -> message problem problem.answer problem.check problem.json publish publish.admission
                                   | publish.attributes publish.request publish.send security tracing
            publish.recall        -> message problem problem.answer problem.check publish publish.admission security
            publish.request       -> message problem publish.admission
            publish.send          -> message problem problem.answer publish publish.admission tracing
            publish.single        -> message problem problem.answer problem.check publish publish.admission publish.attributes
                                   | publish.request publish.send security tracing
            publish.topic         -> message problem problem.answer problem.check publish security
            rocketmq              -> message publish
            rocketmq.admin        -> deliver message publish rocketmq rocketmq.client
            rocketmq.client       -> message rocketmq
            rocketmq.consume      -> deliver look message publish rocketmq rocketmq.admin rocketmq.client rocketmq.ordered
                                   | rocketmq.produce
            rocketmq.look         -> deliver look message rocketmq rocketmq.admin rocketmq.client
            rocketmq.ordered      -> deliver message rocketmq rocketmq.admin rocketmq.client rocketmq.pop
            rocketmq.pop          -> deliver message rocketmq rocketmq.admin rocketmq.client
            rocketmq.produce      -> deliver message publish rocketmq rocketmq.admin rocketmq.client
            security              -> message problem
            security.identity     -> message problem problem.answer security
            subscription          -> message problem security subscription.fault
            subscription.api      -> message problem problem.check security subscription subscription.document subscription.fault
                                   | subscription.file subscription.history subscription.secret subscription.store
            subscription.document -> message problem problem.answer problem.json subscription subscription.fault
                                   | subscription.secret
            subscription.fault    -> message
            subscription.file     -> message subscription subscription.document subscription.fault
            subscription.secret   -> subscription
            subscription.store    -> message problem subscription subscription.document subscription.fault subscription.file
                                   | subscription.history subscription.secret
            tracing               -> message
            training              -> rocketmq.training
            webhook               -> message webhook.address
            webhook.credentials   -> message webhook webhook.exchange
            webhook.exchange      -> webhook webhook.address webhook.target
            webhook.send          -> tracing webhook webhook.address webhook.credentials webhook.exchange webhook.signing
                                   | webhook.target
            webhook.signing       -> webhook
            webhook.target        -> webhook webhook.address
            """;

    /** The rooms that other features may use, besides the package with the name of the feature. */
    private static final String OPENED = """
            deliver.payload       : MessageJson
            problem.answer        : Causes Nearest ProblemAnswers
            problem.check         : QueryReader TopicParameter
            problem.json          : JsonBody JsonLimits
            rocketmq.client       : NameServerList NameServers
            rocketmq.training     : StandInBroker
            subscription.document : SourceConfig SubscriptionsConfig
            subscription.fault    : Bounds FieldFault
            subscription.history  : Attempt AttemptLog RedriveLog
            subscription.secret   : SharedKeys
            subscription.store    : StoreSync
            webhook.send          : WebhookClient
            webhook.target        : ProtectedAddresses TargetDenial TargetPolicy
            """;

    @ArchTest
    static final ArchRule roomsAreFreeOfCycles = slices().matching(ROOT + ".(**)")
            .should()
            .beFreeOfCycles()
            .because("what depends on itself in a circle cannot be understood or changed in parts");

    @ArchTest
    static final ArchRule featuresAreFreeOfCycles = slices().matching(ROOT + ".(*)..")
            .should()
            .beFreeOfCycles()
            .because("arrows between features point one way");

    @Test
    void theArrowsBetweenRoomsAreThoseOfTheTable() {
        assertThat(arrows()).containsExactlyInAnyOrderElementsOf(entries(ROOMS, "->"));
    }

    @Test
    void whatAFeatureUsesOfAnothersRoomsIsOpened() {
        var used = new TreeSet<String>();
        dependencies((origin, target) -> {
            if (target.getPackageName().indexOf('.', ROOT.length() + 1) > 0
                    && !room(origin).equals(NOT_IN_A_ROOM)
                    && !feature(origin).equals(feature(target))) {
                used.add(room(target) + " : " + target.getSimpleName());
            }
        });

        assertThat(used).containsExactlyInAnyOrderElementsOf(entries(OPENED, ":"));
    }

    @Test
    void noRoomIsTooLarge() throws IOException {
        try (var directories = Files.walk(Path.of("src/main/java"))) {
            assertThat(directories.filter(Files::isDirectory)).isNotEmpty().allSatisfy(directory -> {
                try (var files = Files.list(directory)) {
                    assertThat(files.filter(file -> file.toString().endsWith(".java"))
                                    .filter(file -> !file.endsWith("package-info.java")))
                            .hasSizeLessThanOrEqualTo(LARGEST_ROOM);
                }
            });
        }
    }

    private static Set<String> arrows() {
        var arrows = new TreeSet<String>();
        dependencies((origin, target) -> {
            if (!room(origin).equals(room(target))) {
                arrows.add(room(origin) + " -> " + room(target));
            }
        });
        return arrows;
    }

    private static void dependencies(BiConsumer<JavaClass, JavaClass> visitor) {
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(ROOT)
                .forEach(type -> type.getDirectDependenciesFromSelf().stream()
                        .map(dependency -> outermost(dependency.getTargetClass().getBaseComponentType()))
                        .filter(target -> target.getPackageName().startsWith(ROOT))
                        .forEach(target -> visitor.accept(outermost(type), target)));
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
    }

    private static String room(JavaClass type) {
        var name = type.getPackageName();
        return name.equals(ROOT) ? NOT_IN_A_ROOM : name.substring(ROOT.length() + 1);
    }

    private static String feature(JavaClass type) {
        return room(type).split("\\.", 2)[0];
    }

    /** Splits a table into one line per word after the separator; a line that starts with a bar continues the line before. */
    private static List<String> entries(String table, String separator) {
        var entries = new ArrayList<String>();
        var room = "";
        for (var line : table.strip().lines().map(String::strip).toList()) {
            int at = line.startsWith("|") ? 0 : line.indexOf(separator);
            room = line.startsWith("|") ? room : line.substring(0, at).strip();
            for (var word : line.substring(at).strip().split("\\s+")) {
                if (!word.equals("|") && !word.equals(separator)) {
                    entries.add(room + " " + separator + " " + word);
                }
            }
        }
        return entries;
    }

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
            .and()
            .haveNameNotMatching(".*\\.security\\.identity\\.(IssuerHttp|BoundedBody)")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("io\\.vertx\\.core\\.http\\.HttpClient.*|java\\.net\\.http\\..*")
            .because("every request to an endpoint passes one place, and every request to an issuer another");

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
            .and()
            .doNotHaveSimpleName("ConsolidatedFlushes")
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
            assertThat(files.filter(file -> file.toString().endsWith(".java"))
                            // One table, with a row for each problem.
                            .filter(file -> !file.endsWith("ProblemType.java")))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(Files.readAllLines(file)).hasSizeLessThanOrEqualTo(LONGEST_FILE));
        }
    }
}
