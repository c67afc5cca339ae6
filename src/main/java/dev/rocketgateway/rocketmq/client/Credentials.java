package dev.rocketgateway.rocketmq.client;

import dev.rocketgateway.rocketmq.RocketMqConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.Optional;
import org.apache.rocketmq.acl.common.AclClientRPCHook;
import org.apache.rocketmq.acl.common.SessionCredentials;
import org.apache.rocketmq.remoting.RPCHook;

/** The key pair of the ACL. {@code toString} shows no key. */
record Credentials(String accessKey, String secretKey, Optional<String> securityToken) {

    /**
     * @throws ConfigurationException if only one of the keys is set, which stops the start
     */
    static Optional<Credentials> from(RocketMqConfig config) {
        if (config.accessKey().isPresent() != config.secretKey().isPresent()) {
            var missing = config.accessKey().isPresent()
                    ? "gateway.rocketmq.secret-key (ALIBABA_CLOUD_ACCESS_KEY_SECRET)"
                    : "gateway.rocketmq.access-key (ALIBABA_CLOUD_ACCESS_KEY_ID)";
            throw new ConfigurationException(missing
                    + " is not set, but the other one of access key and secret key is. Set both; or set neither, to "
                    + "connect without ACL.");
        }
        return config.accessKey()
                .map(key -> new Credentials(key, config.secretKey().orElseThrow(), config.securityToken()));
    }

    /** Creates a hook that signs every request of one client. */
    RPCHook hook() {
        return new AclClientRPCHook(
                securityToken.isPresent()
                        ? new SessionCredentials(accessKey, secretKey, securityToken.get())
                        : new SessionCredentials(accessKey, secretKey));
    }

    @Override
    public String toString() {
        return "Credentials[redacted]";
    }
}
