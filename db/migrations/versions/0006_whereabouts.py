"""Keep where a person may be, each source apart: the residence, each number, and what the lender declared."""

from __future__ import annotations

from db.migrations.sql import run_sql_beside

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql_beside(__file__)


def downgrade() -> None:
    raise RuntimeError("going back is not supported: restore a backup from before instead")
