"""A refusal to pay is a kind of hold."""

from __future__ import annotations

from db.migrations.sql import run_sql_beside

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql_beside(__file__)


def downgrade() -> None:
    raise RuntimeError("going back is not supported: restore a backup from before instead")
