package dev.rocketgateway.subscription.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** A page of a list, and whether more items follow. */
record Page<T>(List<T> items, boolean more) {

    /**
     * Creates a page from the first items of a stream.
     *
     * @param left the items from the start of this page; one more than the limit is enough to know whether more items follow
     */
    static <T> Page<T> of(Stream<T> left, int limit) {
        var some = left.limit(limit + 1L).toList();
        return new Page<>(some.subList(0, Math.min(limit, some.size())), some.size() > limit);
    }

    /**
     * Returns {@code {"items":[…],"next":"…"}}. {@code next} is the value of {@code after} for the next page; the last page has no
     * {@code next}.
     */
    ObjectNode toJson(Function<T, ObjectNode> view, Function<T, String> cursor) {
        var json = JsonNodeFactory.instance.objectNode();
        var array = json.putArray("items");
        items.forEach(item -> array.add(view.apply(item)));
        if (more) {
            json.put("next", cursor.apply(items.get(items.size() - 1)));
        }
        return json;
    }
}
