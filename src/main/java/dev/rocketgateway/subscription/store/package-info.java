/** The database: tables, migrations, and their cache in memory. */
@NullMarked
package dev.rocketgateway.subscription.store;

import org.jspecify.annotations.NullMarked;
