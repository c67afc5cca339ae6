package dev.rocketgateway.deliver.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.TestSubscriptions;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ReceiptSignerTest {

    private static final Receipt RECEIPT = new Receipt(
            Instant.ofEpochMilli(1_700_000_030_000L),
            Instant.ofEpochMilli(1_700_000_000_000L),
            Instant.ofEpochMilli(1_699_999_999_000L),
            3,
            "40 1700000000000 30000 5 0 broker-a 3 42",
            "id|with|bars and ünicode");

    private final ReceiptSigner signer = new ReceiptSigner(new byte[32]);
    private final Subscription jobs = TestSubscriptions.pull("jobs");

    @Test
    void aReceiptSaysWhatItWasMadeOf() {
        assertThat(signer.read(jobs, signer.write(jobs, RECEIPT))).hasValue(RECEIPT);
    }

    @Test
    void noCharacterOfAReceiptCanBeChanged() {
        var receipt = signer.write(jobs, RECEIPT);
        // The last character can have bits that Base64 ignores.
        for (int i = 0; i < receipt.length() - 1; i++) {
            var altered = new StringBuilder(receipt);
            altered.setCharAt(i, receipt.charAt(i) == '0' ? '1' : '0');

            assertThat(signer.read(jobs, altered.toString()))
                    .as("character %d", i)
                    .isEmpty();
        }
    }

    @Test
    void aReceiptIsOfNoUseForAnotherSubscriptionOrKey() {
        var receipt = signer.write(jobs, RECEIPT);

        assertThat(signer.read(TestSubscriptions.pull("jobs2"), receipt)).isEmpty();
        assertThat(signer.read(TestSubscriptions.pull("jobs", "source.consumer-group", "other"), receipt))
                .isEmpty();
        assertThat(signer.read(TestSubscriptions.pull("jobs", "source.topic", "other"), receipt))
                .isEmpty();
        byte[] key = new byte[32];
        key[0] = 1;
        assertThat(new ReceiptSigner(key).read(jobs, receipt)).isEmpty();
    }

    @Test
    void otherTextIsNoReceipt() {
        for (var text : new String[] {"", "AQ", "§", "A".repeat(5000), "null"}) {
            assertThat(signer.read(jobs, text)).as(text).isEmpty();
        }
    }
}
