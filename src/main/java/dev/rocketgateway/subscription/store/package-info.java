/** The database: tables, migrations, and what is kept of it in memory. */
@NullMarked
package dev.rocketgateway.subscription.store;

import org.jspecify.annotations.NullMarked;
