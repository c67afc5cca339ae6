package dev.rocketgateway.subscription;

import dev.rocketgateway.subscription.fault.FieldFault;
import io.quarkus.test.Mock;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A delivering side that says what the test wants, for tests that have no broker. */
@Mock
@ApplicationScoped
public class FakeRuntime implements SubscriptionRuntime {

    private final List<String> removed = new CopyOnWriteArrayList<>();
    private final List<String> statesSet = new CopyOnWriteArrayList<>();
    private final List<String> startsFixed = new CopyOnWriteArrayList<>();
    private volatile List<FieldFault> faults = List.of();

    public void say(FieldFault... next) {
        faults = List.of(next);
    }

    public List<String> removed() {
        return removed;
    }

    @Override
    public List<FieldFault> faults(Subscription candidate, boolean isNew) {
        return faults;
    }

    List<String> statesSet() {
        return statesSet;
    }

    @Override
    public void stateSet(Subscription now, boolean resumed) {
        statesSet.add(now.name() + " " + now.state() + " " + resumed);
    }

    public List<String> startsFixed() {
        return startsFixed;
    }

    @Override
    public void fixStart(Subscription candidate) {
        startsFixed.add(candidate.name());
    }

    @Override
    public SubscriptionStatus status(String name) {
        return new SubscriptionStatus(
                "RUNNING",
                Optional.empty(),
                1,
                List.of("10s"),
                Optional.of(7L),
                Optional.of(3L),
                2,
                0,
                "CLOSED",
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    @Override
    public void removed(Subscription gone, boolean deleteGroup) {
        removed.add(gone.name() + " " + deleteGroup);
    }
}
