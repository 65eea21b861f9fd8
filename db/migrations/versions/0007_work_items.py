"""What people are asked to do, in the order in which they are to do it, and who is doing it."""

from __future__ import annotations

from db.migrations.sql import run_sql_beside

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql_beside(__file__)


def downgrade() -> None:
    raise RuntimeError("going back is not supported: restore a backup from before instead")
