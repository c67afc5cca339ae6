package dev.rocketgateway.rocketmq.pop;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.remoting.protocol.header.ChangeInvisibleTimeResponseHeader;
import org.apache.rocketmq.remoting.protocol.header.ExtraInfoUtil;

/**
 * The checkpoint of a leased message, with which the broker identifies the lease ({@code POP_CK}): eight fields, separated by spaces.
 *
 * <pre>
 * offset of the first message taken with it | time of the POP | length of the lease | revive queue | retry topic or not
 * | broker | queue | offset of the message
 * </pre>
 */
public record Checkpoint(String text) {

    private static final int FIELDS = 8;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    /** Indexes of the fields that are not numbers. */
    private static final int BROKER = 5;

    /**
     * @throws IllegalArgumentException if the text is not a checkpoint
     */
    public Checkpoint {
        var fields = ExtraInfoUtil.split(text);
        boolean legal = fields.length == FIELDS;
        for (int i = 0; legal && i < FIELDS; i++) {
            legal = i == BROKER
                    ? !fields[i].isEmpty()
                    : NUMBER.matcher(fields[i]).matches();
        }
        if (!legal) {
            throw new IllegalArgumentException("not a checkpoint");
        }
    }

    /** The checkpoint of a message that {@link PopClient#take} returned. */
    public static Checkpoint of(MessageExt taken) {
        return new Checkpoint(taken.getProperty(MessageConst.PROPERTY_POP_CK));
    }

    public String brokerName() {
        return ExtraInfoUtil.getBrokerName(fields());
    }

    public int queueId() {
        return ExtraInfoUtil.getQueueId(fields());
    }

    /** The offset of the message in its queue. */
    public long offset() {
        return ExtraInfoUtil.getQueueOffset(fields());
    }

    /** When the lease ends, by the clock of the broker. */
    public Instant endsAt() {
        return Instant.ofEpochMilli(ExtraInfoUtil.getPopTime(fields()))
                .plus(Duration.ofMillis(ExtraInfoUtil.getInvisibleTime(fields())));
    }

    /** The topic that stores the leased copy: the topic itself, or the retry topic of the group. Names are as in the protocol. */
    String realTopic(String topic, String group) {
        return ExtraInfoUtil.getRealTopic(fields(), topic, group);
    }

    /** Returns the checkpoint of the same copy with another lease. */
    Checkpoint renewed(ChangeInvisibleTimeResponseHeader changed) {
        var fields = fields();
        fields[0] = fields[7];
        fields[1] = String.valueOf(changed.getPopTime());
        fields[2] = String.valueOf(changed.getInvisibleTime());
        fields[3] = String.valueOf(changed.getReviveQid());
        return new Checkpoint(String.join(MessageConst.KEY_SEPARATOR, fields));
    }

    private String[] fields() {
        return ExtraInfoUtil.split(text);
    }
}
