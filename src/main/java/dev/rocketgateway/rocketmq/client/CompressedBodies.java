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
 * Decompresses the bodies that their producers compressed, each by itself.
 *
 * <p>The client's own decoder ({@code MessageDecoder.decodesBatch}) stops at the first body it cannot decompress, drops that message
 * and all behind it, and moves the position past them. So the client is told not to decompress, and this is done to what it received
 * before anybody counts the bytes. A message whose body stays compressed has {@link #fault a fault}. Thread-safe.
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

    /** Gives the message the body its producer had, where it can be decompressed. */
    public void decompress(MessageExt message) {
        try {
            decompressOrThrow(message);
        } catch (UndecodableException bad) {
            // It keeps its flag, by which whoever handles it knows.
        }
    }

    private void decompressOrThrow(MessageExt message) throws UndecodableException {
        if (isCompressed(message)) {
            message.setBody(decompressed(message));
            message.setSysFlag(MessageSysFlag.clearCompressedFlag(message.getSysFlag()));
        }
    }

    /** Why the message has no body that can be used; empty if it has one, which is decompressed by then. */
    public Optional<String> fault(MessageExt message) {
        try {
            decompressOrThrow(message);
            return Optional.empty();
        } catch (UndecodableException bad) {
            return Optional.of(String.valueOf(bad.getMessage()));
        }
    }

    private static boolean isCompressed(MessageExt message) {
        return MessageSysFlag.check(message.getSysFlag(), MessageSysFlag.COMPRESSED_FLAG)
                && message.getBody() != null
                && message.getBody().length > 0;
    }

    private byte[] decompressed(MessageExt message) throws UndecodableException {
        int type = message.getSysFlag() & MessageSysFlag.COMPRESSION_TYPE_COMPARATOR;
        var compressed = new ByteArrayInputStream(message.getBody());
        try (var body = opened(type, compressed)) {
            // An array cannot be longer; nor can what is left of the memory.
            byte[] read = body.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, limit + 1));
            if (read.length > limit) {
                throw new UndecodableException(
                        "its decompressed body has more than %d bytes (gateway.rocketmq.max-decompressed-size)"
                                .formatted(limit));
            }
            return read;
        } catch (IOException | RuntimeException | LinkageError e) {
            throw new UndecodableException(
                    "its producer marked its body as compressed (%s), but it cannot be decompressed"
                            .formatted(name(type)));
        }
    }

    private static InputStream opened(int type, InputStream compressed) throws IOException {
        return switch (type) {
            // Producers before 5.0 do not say how; they have only one.
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
