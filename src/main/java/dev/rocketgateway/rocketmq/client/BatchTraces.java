package dev.rocketgateway.rocketmq.client;

import dev.rocketgateway.rocketmq.EncodedBatch;
import java.util.Map;
import org.apache.rocketmq.client.hook.SendMessageContext;
import org.apache.rocketmq.client.hook.SendMessageHook;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.trace.TraceContext;
import org.apache.rocketmq.client.trace.TraceDispatcher;
import org.apache.rocketmq.client.trace.hook.SendMessageTraceHookImpl;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageClientIDSetter;

/**
 * Writes a message trace for each message of a batch, as if it had been sent alone.
 *
 * <p>The client's own hook, {@link SendMessageTraceHookImpl}, traces a batch as one message with all ids as its id, so a search for
 * one id finds nothing. So this hook skips the client's hook for batches, and calls it for each message instead. Register it after
 * the client's hook.
 */
final class BatchTraces implements SendMessageHook {

    private static final String BEGAN = "began";

    private final SendMessageHook each;

    BatchTraces(TraceDispatcher dispatcher) {
        this.each = new SendMessageTraceHookImpl(dispatcher);
    }

    @Override
    public String hookName() {
        return "BatchTraces";
    }

    @Override
    public void sendMessageBefore(SendMessageContext context) {
        if (context.getMessage() instanceof EncodedBatch && context.getMqTraceContext() instanceof TraceContext trace) {
            context.setProps(Map.of(BEGAN, String.valueOf(trace.getTimeStamp())));
            // Without this context, the client's hook does nothing after the send.
            context.setMqTraceContext(null);
        }
    }

    @Override
    public void sendMessageAfter(SendMessageContext context) {
        var result = context.getSendResult();
        if (result == null || context.getProps() == null || !(context.getMessage() instanceof EncodedBatch batch)) {
            return;
        }
        var offsetIds = result.getOffsetMsgId().split(",");
        int index = 0;
        for (var message : batch.alone()) {
            var alone = new SendMessageContext();
            alone.setProducerGroup(context.getProducerGroup());
            alone.setBrokerAddr(context.getBrokerAddr());
            alone.setMessage(message);
            alone.setMsgType(context.getMsgType());
            alone.setSendResult(resultOf(message, result, index, index < offsetIds.length ? offsetIds[index] : ""));
            each.sendMessageBefore(alone);
            if (alone.getMqTraceContext() instanceof TraceContext trace) {
                trace.setTimeStamp(Long.parseLong(context.getProps().get(BEGAN)));
            }
            each.sendMessageAfter(alone);
            index++;
        }
    }

    private static SendResult resultOf(Message message, SendResult ofAll, int index, String offsetId) {
        var result = new SendResult(
                ofAll.getSendStatus(),
                MessageClientIDSetter.getUniqID(message),
                offsetId,
                ofAll.getMessageQueue(),
                ofAll.getQueueOffset() + index);
        result.setRegionId(ofAll.getRegionId());
        result.setTraceOn(ofAll.isTraceOn());
        return result;
    }
}
