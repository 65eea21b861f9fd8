"""${message}."""

from __future__ import annotations

from db.migrations.sql import run_sql_beside

revision = "${up_revision}"
down_revision = "${down_revision}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql_beside(__file__)


def downgrade() -> None:
    raise RuntimeError("migrations go forward only: restore a backup from before instead")
