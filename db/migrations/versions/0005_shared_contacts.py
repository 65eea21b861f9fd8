"""Contacts whose message names several accounts of a person, and finding a person's other cases with a lender."""

from __future__ import annotations

from db.migrations.sql import run_sql_beside

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql_beside(__file__)


def downgrade() -> None:
    raise RuntimeError("going back would forget whom a message told of what: restore a backup from before instead")
