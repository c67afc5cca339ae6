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
        return database.read(connection -> {
            try (var select = connection.prepareStatement(
                    "select broker_name, queue_offset from redriven where consumer_group = ?")) {
                select.setString(1, group);
                try (var result = select.executeQuery()) {
                    var positions = new HashSet<StoredAt>();
                    while (result.next()) {
                        positions.add(new StoredAt(result.getString(1), result.getLong(2)));
                    }
                    return positions;
                }
            }
        });
    }

    @Override
    public void mark(String group, Collection<StoredAt> positions) {
        database.write(connection -> {
            try (var insert = connection.prepareStatement(
                    "insert into redriven (consumer_group, broker_name, queue_offset) select ?, ?, ? where not exists"
                            + " (select 1 from redriven where consumer_group = ? and broker_name = ? and queue_offset = ?)")) {
                for (var position : new HashSet<>(positions)) {
                    insert.setString(1, group);
                    insert.setString(2, position.brokerName());
                    insert.setLong(3, position.queueOffset());
                    insert.setString(4, group);
                    insert.setString(5, position.brokerName());
                    insert.setLong(6, position.queueOffset());
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            return null;
        });
    }

    @Override
    public void forgetBelow(String group, String brokerName, long queueOffset) {
        database.write(connection -> {
            try (var delete = connection.prepareStatement(
                    "delete from redriven where consumer_group = ? and broker_name = ? and queue_offset < ?")) {
                delete.setString(1, group);
                delete.setString(2, brokerName);
                delete.setLong(3, queueOffset);
                delete.executeUpdate();
            }
            return null;
        });
    }
}
