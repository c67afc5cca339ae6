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
            var access = "gateway.rocketmq.access-key (ALIBABA_CLOUD_ACCESS_KEY_ID)";
            var secret = "gateway.rocketmq.secret-key (ALIBABA_CLOUD_ACCESS_KEY_SECRET)";
            boolean noSecret = config.accessKey().isPresent();
            throw new ConfigurationException(
                    "%s is not set, but %s is. Set both, or set neither to connect without ACL."
                            .formatted(noSecret ? secret : access, noSecret ? access : secret));
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
