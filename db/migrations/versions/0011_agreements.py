"""A case can end because it was settled for less, and a promise be kept in part or give way to a plan."""

from __future__ import annotations

from db.migrations.sql import run_sql_beside

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql_beside(__file__)


def downgrade() -> None:
    raise RuntimeError("going back is not supported: restore a backup from before instead")
