"""Lenders, consumers, accounts, cases with their journal, contacts, and the projections that reports read."""

from __future__ import annotations

from db.migrations.sql import run_sql_beside

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql_beside(__file__)


def downgrade() -> None:
    raise RuntimeError("going back would drop the journal: restore a backup from before instead")
