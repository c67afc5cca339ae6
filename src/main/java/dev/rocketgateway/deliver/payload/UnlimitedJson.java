package dev.rocketgateway.deliver.payload;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;

/**
 * Builds parsers of foreign JSON without limits of their own, for text whose size is already bounded. The default limits would
 * refuse a valid document for one long number in a field that nobody reads.
 */
public final class UnlimitedJson {

    private UnlimitedJson() {}

    public static JsonFactoryBuilder factory() {
        return new JsonFactoryBuilder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNumberLength(Integer.MAX_VALUE)
                        .maxStringLength(Integer.MAX_VALUE)
                        .maxNameLength(Integer.MAX_VALUE)
                        .maxNestingDepth(Integer.MAX_VALUE)
                        .build());
    }
}
