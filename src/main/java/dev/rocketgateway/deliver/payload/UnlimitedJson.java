package dev.rocketgateway.deliver.payload;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;

/**
 * Builds JSON parsers without the limits of Jackson, for documents of others whose size is already bounded. With these limits, a
 * long number in a field that nobody reads would make a valid document unreadable.
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
