package dev.rocketgateway.deliver.lease;

import dev.rocketgateway.subscription.Subscription;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs receipts and reads them. A receipt is the Base64 (for URLs, without padding) of a version, 16 bytes of HMAC-SHA256, and the
 * text of the receipt. The signature also covers the name, the group and the topic of the subscription, so a receipt is of no use for
 * another one. Thread-safe.
 */
final class ReceiptSigner {

    /** The maximum length of a receipt that is read. A receipt that the gateway gives has at most a third of it. */
    private static final int MAX_LENGTH = 4096;

    private static final String ALGORITHM = "HmacSHA256";
    private static final byte VERSION = 1;
    private static final int MAC_BYTES = 16;
    private static final int HEAD_BYTES = 1 + MAC_BYTES;

    private final SecretKeySpec key;

    ReceiptSigner(byte[] key) {
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    String write(Subscription subscription, Receipt receipt) {
        byte[] text = receipt.text().getBytes(StandardCharsets.UTF_8);
        var bytes = ByteBuffer.allocate(HEAD_BYTES + text.length)
                .put(VERSION)
                .put(mac(subscription, text))
                .put(text);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** Reads a receipt; empty if it was not signed with this key for this subscription. */
    Optional<Receipt> read(Subscription subscription, String receipt) {
        if (receipt.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(receipt);
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
        if (bytes.length <= HEAD_BYTES || bytes[0] != VERSION) {
            return Optional.empty();
        }
        byte[] text = Arrays.copyOfRange(bytes, HEAD_BYTES, bytes.length);
        byte[] given = Arrays.copyOfRange(bytes, 1, HEAD_BYTES);
        return MessageDigest.isEqual(given, mac(subscription, text))
                ? Receipt.parse(new String(text, StandardCharsets.UTF_8))
                : Optional.empty();
    }

    private byte[] mac(Subscription subscription, byte[] text) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            var source = subscription.source();
            // No name, group or topic contains a zero byte.
            mac.update((subscription.name() + '\0' + source.consumerGroup() + '\0' + source.topic() + '\0')
                    .getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(mac.doFinal(text), MAC_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
