"""Running the SQL file that stands beside a migration. Plain SQL is what reviewers and database tools can read."""

from __future__ import annotations

from pathlib import Path

from alembic import op
from sqlalchemy import text


def run_sql_beside(migration_file: str) -> None:
    """Execute the statements of the .sql file with the migration's name. A blank line ends a statement."""
    script = Path(migration_file).with_suffix(".sql").read_text()
    for statement in script.removesuffix(";\n").split(";\n\n"):
        op.execute(text(statement.replace(":", r"\:")))
