package dev.rocketgateway.rocketmq.client;

import java.util.Optional;
import org.apache.rocketmq.acl.common.SessionCredentials;

/** The key pair of the ACL, and its token if it is temporary. {@code toString} shows no key. */
record Credentials(String accessKey, String secretKey, Optional<String> securityToken) {

    /** These credentials in the form that the client needs. */
    SessionCredentials forClient() {
        return securityToken.isPresent()
                ? new SessionCredentials(accessKey, secretKey, securityToken.get())
                : new SessionCredentials(accessKey, secretKey);
    }

    @Override
    public String toString() {
        return "Credentials[redacted]";
    }
}
