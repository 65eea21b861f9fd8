#!/bin/sh
# Creates and updates Temporal's two databases; changes nothing when they are up to date.
set -eu

for store in temporal visibility; do
    database=temporal
    [ "$store" = temporal ] || database=temporal_visibility
    temporal-sql-tool --database "$database" create
    temporal-sql-tool --database "$database" setup-schema -v 0.0
    temporal-sql-tool --database "$database" update-schema -d "/etc/temporal/schema/postgresql/v12/$store/versioned"
done
