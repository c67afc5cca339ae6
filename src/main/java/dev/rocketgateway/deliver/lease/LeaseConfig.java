package dev.rocketgateway.deliver.lease;

import dev.rocketgateway.subscription.StoreConfig.Password;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** Settings of receiving over HTTP. */
@ConfigMapping(prefix = "gateway.receive")
public interface LeaseConfig {

    /**
     * Maximum number of callers that wait for messages on this replica. Too low: workers get 429 and repeat their requests. `0`: no caller can wait.
     * Too high: waiting callers fill the memory.
     */
    @WithDefault("5000")
    int maxWaiters();

    /**
     * Key that signs receipts: the Base64 of 32 bytes, the same on all replicas. If not set, the replicas share a key in the
     * store. If there is no store either, a receipt is valid only on the replica that gave it, until this replica stops.
     */
    Optional<Password> receiptKey();
}
