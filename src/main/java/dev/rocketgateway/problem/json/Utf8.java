package dev.rocketgateway.problem.json;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Finds bytes of a body that are not UTF-8. The JSON parser would accept overlong forms and encoded surrogates. */
public final class Utf8 {

    private static final int PIECE = 8 * 1024;

    private Utf8() {}

    public static boolean isValid(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /**
     * Checks that a body is UTF-8 without a byte order mark.
     *
     * @throws GatewayException {@code malformed-body}, with the place of the first fault
     */
    static void require(byte[] body) {
        if (body.length >= 3 && body[0] == (byte) 0xEF && body[1] == (byte) 0xBB && body[2] == (byte) 0xBF) {
            throw GatewayException.of(
                    ProblemType.MALFORMED_BODY,
                    "The body begins with a byte order mark, which JSON does not allow; send the body without it.");
        }
        var decoder = StandardCharsets.UTF_8.newDecoder();
        var bytes = ByteBuffer.wrap(body);
        var piece = CharBuffer.allocate(Math.min(PIECE, body.length + 1));
        while (true) {
            var result = decoder.decode(bytes, piece, true);
            if (result.isError()) {
                throw GatewayException.of(
                        ProblemType.MALFORMED_BODY,
                        "The body is not UTF-8: see byte %d, 0x%02X. JSON must be sent in UTF-8."
                                .formatted(bytes.position() + 1, body[bytes.position()]));
            }
            if (result.isUnderflow()) {
                return;
            }
            piece.clear();
        }
    }
}
