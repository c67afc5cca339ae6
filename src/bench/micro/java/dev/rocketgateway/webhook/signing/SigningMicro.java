package dev.rocketgateway.webhook.signing;

import dev.rocketgateway.webhook.SecretUnavailableException;
import dev.rocketgateway.webhook.SigningKey;
import dev.rocketgateway.webhook.SigningKey.Algorithm;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Signing a webhook, by the size of its body. */
@State(Scope.Benchmark)
public class SigningMicro {

    @Param({"256", "65536"})
    private int size;

    private final List<SigningKey> hmac = keys(Algorithm.HMAC_SHA256, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    private final List<SigningKey> ed25519 =
            keys(Algorithm.ED25519, "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=");
    private final Instant time = Instant.ofEpochSecond(1_614_265_330);

    private static List<SigningKey> keys(Algorithm algorithm, String secret) {
        return List.of(new SigningKey("k1", algorithm, () -> secret, Optional.empty()));
    }

    @Benchmark
    public Object hmac() throws SecretUnavailableException {
        return WebhookSigner.sign(hmac, "FD00000000000000", time, new byte[size]);
    }

    @Benchmark
    public Object ed25519() throws SecretUnavailableException {
        return WebhookSigner.sign(ed25519, "FD00000000000000", time, new byte[size]);
    }
}
