package dev.rocketgateway.subscription.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.TestSubscriptions;
import dev.rocketgateway.subscription.fault.Faults;
import dev.rocketgateway.subscription.fault.InvalidSubscriptionException;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Duration;
import java.util.HashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PullFieldsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static Subscription read(String members) throws Exception {
        var document = (ObjectNode) JSON.readTree(("{'source':{'topic':'jobs'}," + members + "}").replace('\'', '"'));
        return SubscriptionDocument.read("jobs", document, DocumentSource.STORE, 1, new Faults());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{}                       ; PT30S",
                "{'visibility':null}      ; PT30S",
                "{'visibility':'10s'}     ; PT10S",
                "{'visibility':'12h'}     ; PT12H"
            })
    void aPullSubscriptionNeedsOnlyTheField(String pull, Duration visibility) throws Exception {
        var subscription = read("'pull':" + pull);

        assertThat(subscription.pull().orElseThrow().visibility()).isEqualTo(visibility);
        assertThat(subscription.endpoint()).isEmpty();
        var written = SubscriptionWriter.write(subscription, SubscriptionWriter.WITHOUT_SECRETS);
        assertThat(written.fieldNames())
                .toIterable()
                .containsExactly("name", "description", "state", "source", "pull", "retry", "deadLetter");
        assertThat(SubscriptionDocument.read("jobs", written, DocumentSource.STORE, 1, new Faults())
                        .in(Subscription.State.ACTIVE, subscription.stateReason(), 1)
                        .createdAt(subscription.createdAt()))
                .isEqualTo(subscription);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'pull':{'visibility':'9s'}                                ; pull.visibility        ; must be from 10s to 12h",
                "'pull':{'visibility':'soon'}                              ; pull.visibility        ; 'soon' is not a duration",
                "'pull':{'visible':'1m'}                                   ; pull.visible           ; visibility",
                "'pull':'30s'                                              ; pull                   ; must be an object",
                "'pull':{},'endpoint':{'url':'http://a/b'}                 ; endpoint               ; is for webhooks",
                "'pull':{},'payload':{}                                    ; payload                ; is for webhooks",
                "'pull':{},'batch':{'maxMessages':2}                       ; batch                  ; is for webhooks",
                "'pull':{},'delivery':{}                                   ; delivery               ; is for webhooks",
                "'pull':{},'responses':{}                                  ; responses              ; is for webhooks",
                "'pull':{},'circuitBreaker':{}                             ; circuitBreaker         ; is for webhooks",
                "'pull':{},'retry':{'schedule':['1s']}                     ; retry.schedule         ; is for webhooks",
                "'pull':{},'retry':{'honorRetryAfter':true}                ; retry.honorRetryAfter  ; is for webhooks",
                "'description':'neither'                                   ; endpoint.url           ; is missing",
                "'pull':null                                               ; endpoint.url           ; is missing"
            })
    void whatOnlyWebhooksHaveIsRefused(String members, String field, String fault) {
        var thrown = catchThrowableOfType(InvalidSubscriptionException.class, () -> read(members));

        assertThat(thrown.faults()).anySatisfy(found -> {
            assertThat(found.field()).isEqualTo(field);
            assertThat(found.fault()).contains(fault);
        });
    }

    @Test
    void retriesOfAPullSubscriptionHaveALimit() throws Exception {
        assertThat(read("'pull':{},'retry':{'maxAttempts':3}").retry().maxAttempts())
                .isEqualTo(3);
    }

    @Test
    void theRetryTopicOfGroupAndTopicMustFit() {
        var longest = "t".repeat(127 - 8 - 7);

        assertThat(TestSubscriptions.pull("jobs", "source.topic", longest)
                        .source()
                        .topic()
                        .value())
                .isEqualTo(longest);
        assertThat(catchThrowableOfType(
                        ConfigurationException.class,
                        () -> TestSubscriptions.pull("jobs", "source.topic", longest + "t")))
                .hasMessageContaining("the names of group and topic can have 119 characters together");
    }

    @Test
    void theConfigurationHasNoEndpointBesidesPull() {
        var settings = new HashMap<>(TestSubscriptions.least("jobs"));
        settings.put("gateway.subscriptions.jobs.pull.visibility", "1m");

        assertThat(catchThrowableOfType(ConfigurationException.class, () -> TestSubscriptions.read(settings)))
                .hasMessageContaining("gateway.subscriptions.jobs.endpoint.url: is for webhooks");
    }
}
