package dev.rocketgateway.deliver.lease;

import dev.rocketgateway.subscription.Subscription;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs receipts and reads them. A receipt is a version, 32 hexadecimal digits of HMAC-SHA256, and the text of the receipt in Base64
 * (for URLs, without padding). The signature also covers the name, the group and the topic of the subscription, so a receipt is not valid
 * for another subscription. Thread-safe.
 *
 * <p>The signature is not in Base64, because random Base64 sometimes looks like an API key ({@code gwk_…}).
 */
final class ReceiptSigner {

    /** Maximum length of a receipt to read. The gateway's own receipts have at most a third of this length. */
    private static final int MAX_LENGTH = 4096;

    private static final String ALGORITHM = "HmacSHA256";
    private static final String VERSION = "1";
    private static final int MAC_BYTES = 16;
    private static final int HEAD = VERSION.length() + 2 * MAC_BYTES;

    private final SecretKeySpec key;

    ReceiptSigner(byte[] key) {
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    String write(Subscription subscription, Receipt receipt) {
        byte[] text = receipt.text().getBytes(StandardCharsets.UTF_8);
        return VERSION
                + HexFormat.of().formatHex(mac(subscription, text))
                + Base64.getUrlEncoder().withoutPadding().encodeToString(text);
    }

    /** Reads a receipt; empty if it was not signed with this key for this subscription. */
    Optional<Receipt> read(Subscription subscription, String receipt) {
        if (receipt.length() > MAX_LENGTH || receipt.length() <= HEAD || !receipt.startsWith(VERSION)) {
            return Optional.empty();
        }
        byte[] given;
        byte[] text;
        try {
            given = HexFormat.of().parseHex(receipt, VERSION.length(), HEAD);
            text = Base64.getUrlDecoder().decode(receipt.substring(HEAD));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
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
            throw new IllegalStateException("this Java runtime does not have " + ALGORITHM, e);
        }
    }
}
