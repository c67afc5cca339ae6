package dev.rocketgateway.deliver.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.subscription.StoreUnavailableException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Problems of the broker are tested in ReceiveIT and ReceiveReplicasIT. */
class LeaseProblemsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"the database does not answer", "the stored key that all replicas share cannot be decrypted"})
    void tellsWhyTheKeyForReceiptsCannotBeRead(String reason) {
        var problem = LeaseProblems.of(new CompletionException(new StoreUnavailableException(reason)));

        assertThat(problem.type()).isEqualTo(ProblemType.STORE_UNAVAILABLE);
        assertThat(problem.detail()).isEqualTo("The key for receipts cannot be read: " + reason + ".");
    }
}
