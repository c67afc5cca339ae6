package bench;

import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;

/** Takes a body and answers 204: without a resource the extensions would leave most of themselves out. */
@Path("/messages")
public class BareResource {

    @POST
    public void take(byte[] body) {}
}
