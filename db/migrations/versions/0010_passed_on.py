"""Where a message came from that another case of the person passed on, so that it is not passed on again."""

from __future__ import annotations

from db.migrations.sql import run_sql_beside

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql_beside(__file__)


def downgrade() -> None:
    raise RuntimeError("going back is not supported: restore a backup from before instead")
