package dev.rocketgateway.subscription.store;

import dev.rocketgateway.subscription.history.RedriveLog;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Records redriven dead letters in the database. */
final class StoredRedrives implements RedriveLog {

    private final Database database;

    StoredRedrives(Database database) {
        this.database = database;
    }

    @Override
    public Set<StoredAt> redriven(String group) {
        return database.read(connection -> new HashSet<>(Sql.query(
                connection,
                "select broker_name, queue_offset from redriven where consumer_group = ?",
                row -> new StoredAt(row.getString("broker_name"), row.getLong("queue_offset")),
                group)));
    }

    @Override
    public void mark(String group, Collection<StoredAt> positions) {
        database.write(connection -> {
            Sql.batch(
                    connection,
                    "insert into redriven (consumer_group, broker_name, queue_offset) select ?, ?, ? where not exists"
                            + " (select 1 from redriven where consumer_group = ? and broker_name = ? and queue_offset = ?)",
                    positions.stream()
                            .distinct()
                            .map(at -> new Object[] {
                                group, at.brokerName(), at.queueOffset(), group, at.brokerName(), at.queueOffset()
                            })
                            .toList());
            return null;
        });
    }

    @Override
    public void forgetBelow(String group, String brokerName, long queueOffset) {
        database.write(connection -> Sql.update(
                connection,
                "delete from redriven where consumer_group = ? and broker_name = ? and queue_offset < ?",
                group,
                brokerName,
                queueOffset));
    }
}
