package dev.rocketgateway.publish.single;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;

/** Marks what went through the REST layer, for tests that have to know. */
@Provider
public class RestLayerMark implements ContainerResponseFilter {

    static final String HEADER = "X-Rest-Layer";

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        response.getHeaders().putSingle(HEADER, "yes");
    }
}
