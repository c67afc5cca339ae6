package dev.rocketgateway.publish.batch;

import dev.rocketgateway.publish.SendReceipt;
import dev.rocketgateway.publish.request.Answer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.util.Collections;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Writing the answer for a message that was stored, and for each of a hundred in a batch. */
@State(Scope.Benchmark)
public class AnswerMicro {

    private static final int BATCH = 100;

    private final SendReceipt receipt = new SendReceipt(
            SendReceipt.Status.SEND_OK,
            "FD0000000000000000000000000000026C1E000000018161EECD0000",
            "7F00000100004DC7000000006091D1EE",
            new SendReceipt.Queue("orders", "broker-a", 1),
            899_616,
            null,
            "DefaultRegion",
            true,
            null);
    private final BatchReceipt batch = new BatchReceipt(
            BATCH, 0, null, Collections.nCopies(BATCH, new BatchResult(1, 202, receipt, null)));
    private final ObjectWriter receipts = new ObjectMapper().writerFor(SendReceipt.class);
    private final ObjectWriter batches = new ObjectMapper().writerFor(BatchReceipt.class);

    @Benchmark
    public Object one() {
        return Answer.json(202, receipts, receipt);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public Object inABatch() {
        return Answer.json(202, batches, batch);
    }
}
