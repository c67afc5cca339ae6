package dev.rocketgateway.rocketmq.client;

import com.github.luben.zstd.ZstdInputStream;
import dev.rocketgateway.rocketmq.RocketMqConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.zip.InflaterInputStream;
import net.jpountz.lz4.LZ4FrameInputStream;
import org.apache.rocketmq.client.hook.FilterMessageContext;
import org.apache.rocketmq.client.hook.FilterMessageHook;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.sysflag.MessageSysFlag;

/**
 * Decompresses bodies that their producers compressed, each message separately.
 *
 * <p>The client's own decoder ({@code MessageDecoder.decodesBatch}) stops at the first body it cannot decompress, drops this
 * message and all later ones of the pull, and moves the position past them. So the client is configured not to decompress, and this
 * hook decompresses received messages before their bytes are counted. A message whose body stays compressed has {@link #fault a
 * fault}. Thread-safe.
 */
@ApplicationScoped
public class CompressedBodies implements FilterMessageHook {

    private static final int COMPRESSION_TYPE_SHIFT = 8;

    private final long limit;

    CompressedBodies(RocketMqConfig config) {
        this.limit = config.maxDecompressedSize().asLongValue();
    }

    @Override
    public String hookName() {
        return "decompress";
    }

    @Override
    public void filterMessage(FilterMessageContext received) {
        received.getMsgList().forEach(this::decompress);
    }

    /** Replaces the body of the message by its decompressed form, if that is possible. */
    public void decompress(MessageExt message) {
        try {
            decompressOrThrow(message);
        } catch (UndecodableException bad) {
            // The message keeps its flag, which shows the failure later.
        }
    }

    private void decompressOrThrow(MessageExt message) throws UndecodableException {
        if (isCompressed(message)) {
            message.setBody(decompressed(message));
            message.setSysFlag(MessageSysFlag.clearCompressedFlag(message.getSysFlag()));
        }
    }

    /** Why the body of the message cannot be used; empty if the body is usable and decompressed. */
    public Optional<String> fault(MessageExt message) {
        try {
            decompressOrThrow(message);
            return Optional.empty();
        } catch (UndecodableException bad) {
            return Optional.of(String.valueOf(bad.getMessage()));
        }
    }

    /** Whether the body of the message is still compressed, because it was not decoded when it was received. */
    public static boolean isCompressed(MessageExt message) {
        return MessageSysFlag.check(message.getSysFlag(), MessageSysFlag.COMPRESSED_FLAG)
                && message.getBody() != null
                && message.getBody().length > 0;
    }

    private byte[] decompressed(MessageExt message) throws UndecodableException {
        int type = message.getSysFlag() & MessageSysFlag.COMPRESSION_TYPE_COMPARATOR;
        var compressed = new ByteArrayInputStream(message.getBody());
        try (var body = opened(type, compressed)) {
            // The array limit or the remaining memory is exceeded.
            byte[] read = body.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, limit + 1));
            if (read.length > limit) {
                throw new UndecodableException(
                        "has a decompressed body of more than %d bytes (gateway.rocketmq.max-decompressed-size)"
                                .formatted(limit));
            }
            return read;
        } catch (IOException | RuntimeException | LinkageError e) {
            throw new UndecodableException(
                    "was marked by its producer as compressed (%s), but its body cannot be decompressed"
                            .formatted(name(type)));
        }
    }

    private static InputStream opened(int type, InputStream compressed) throws IOException {
        return switch (type) {
            // Producers before 5.0 do not name the compression; they support only one.
            case 0, MessageSysFlag.COMPRESSION_ZLIB_TYPE -> new InflaterInputStream(compressed);
            case MessageSysFlag.COMPRESSION_LZ4_TYPE -> new LZ4FrameInputStream(compressed);
            case MessageSysFlag.COMPRESSION_ZSTD_TYPE -> new ZstdInputStream(compressed);
            default -> throw new IOException("unknown compression");
        };
    }

    private static String name(int type) {
        return switch (type) {
            case 0, MessageSysFlag.COMPRESSION_ZLIB_TYPE -> "zlib";
            case MessageSysFlag.COMPRESSION_LZ4_TYPE -> "LZ4";
            case MessageSysFlag.COMPRESSION_ZSTD_TYPE -> "Zstandard";
            default -> "type " + (type >> COMPRESSION_TYPE_SHIFT);
        };
    }

    private static final class UndecodableException extends Exception {

        UndecodableException(String why) {
            super(why);
        }
    }
}
