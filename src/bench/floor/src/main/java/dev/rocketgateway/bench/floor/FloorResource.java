package dev.rocketgateway.bench.floor;

import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;

/** Reads the body as the gateway does and answers 204: what HTTP alone costs on this stack. */
@Path("/topics/{topic}/messages")
public class FloorResource {

    @POST
    @NonBlocking
    public void accept(byte[] body) {
        if (body.length == 0) {
            throw new IllegalArgumentException("the load generator sent no body");
        }
    }
}
