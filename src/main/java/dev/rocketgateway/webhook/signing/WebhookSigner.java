package dev.rocketgateway.webhook.signing;

import dev.rocketgateway.webhook.SecretUnavailableException;
import dev.rocketgateway.webhook.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs webhooks as Standard Webhooks specifies: over the id, the timestamp and the body, separated by dots.
 *
 * <p>Several keys give several signatures. So while a key is replaced, receivers can verify with the old key or with the new key.
 */
public final class WebhookSigner {

    /** The last key of each thread, because most threads send the webhooks of one endpoint. */
    private static final ThreadLocal<@Nullable Keyed> KEYED = new ThreadLocal<>();

    /** A Mac that is ready for the next message, and the secret that it was made from. */
    private record Keyed(String secret, Mac mac) {}

    private WebhookSigner() {}

    /**
     * The value of {@code webhook-signature}.
     *
     * @param keys at least one
     * @throws SecretUnavailableException if a key is missing or invalid, or all keys have expired
     */
    public static String sign(List<SigningKey> keys, String id, Instant time, byte[] body)
            throws SecretUnavailableException {
        var head = (id + "." + time.getEpochSecond() + ".").getBytes(StandardCharsets.UTF_8);
        var signatures = new ArrayList<String>();
        for (var key : keys) {
            if (key.signsAt(time)) {
                signatures.add(
                        switch (key.algorithm()) {
                            case HMAC_SHA256 -> "v1," + hmac(key, head, body);
                            case ED25519 -> "v1a," + ed25519(key, head, body);
                        });
            }
        }
        if (signatures.isEmpty()) {
            throw new SecretUnavailableException("every signing key has expired");
        }
        return String.join(" ", signatures);
    }

    private static String hmac(SigningKey key, byte[] head, byte[] body) throws SecretUnavailableException {
        var secret = key.secret().value();
        var keyed = KEYED.get();
        if (keyed == null || !keyed.secret().equals(secret)) {
            keyed = new Keyed(secret, mac(SigningKeys.hmacKey(key)));
            KEYED.set(keyed);
        }
        keyed.mac().update(head);
        return Base64.getEncoder().encodeToString(keyed.mac().doFinal(body));
    }

    private static Mac mac(byte[] key) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String ed25519(SigningKey key, byte[] head, byte[] body) throws SecretUnavailableException {
        try {
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(SigningKeys.ed25519Key(key));
            signature.update(head);
            signature.update(body);
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
