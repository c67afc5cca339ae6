package dev.rocketgateway.webhook.signing;

import dev.rocketgateway.webhook.SecretUnavailableException;
import dev.rocketgateway.webhook.SigningKey;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs webhooks as Standard Webhooks specifies: over the id, the timestamp and the body, separated by dots.
 *
 * <p>Several keys give several signatures. So while a key is replaced, receivers can verify with the old key or with the new key.
 */
public final class WebhookSigner {

    private WebhookSigner() {}

    /**
     * The value of {@code webhook-signature}.
     *
     * @param keys at least one
     * @throws SecretUnavailableException if a key is missing or invalid, or all keys have expired
     */
    public static String sign(List<SigningKey> keys, String id, Instant time, byte[] body)
            throws SecretUnavailableException {
        var signed = signed(id, time, body);
        var signatures = new ArrayList<String>();
        for (var key : keys) {
            if (key.signsAt(time)) {
                signatures.add(
                        switch (key.algorithm()) {
                            case HMAC_SHA256 -> "v1," + hmac(key, signed);
                            case ED25519 -> "v1a," + ed25519(key, signed);
                        });
            }
        }
        if (signatures.isEmpty()) {
            throw new SecretUnavailableException("every signing key has expired");
        }
        return String.join(" ", signatures);
    }

    private static byte[] signed(String id, Instant time, byte[] body) {
        var head = (id + "." + time.getEpochSecond() + ".").getBytes(StandardCharsets.UTF_8);
        var signed = new ByteArrayOutputStream(head.length + body.length);
        signed.writeBytes(head);
        signed.writeBytes(body);
        return signed.toByteArray();
    }

    private static String hmac(SigningKey key, byte[] signed) throws SecretUnavailableException {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SigningKeys.hmacKey(key), "HmacSHA256"));
            return Base64.getEncoder().encodeToString(mac.doFinal(signed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String ed25519(SigningKey key, byte[] signed) throws SecretUnavailableException {
        try {
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(SigningKeys.ed25519Key(key));
            signature.update(signed);
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
