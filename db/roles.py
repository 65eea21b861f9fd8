"""Who may do what in the database: the least that workers and starters need, as grants to group roles.

Migrations belong to the owner of the tables, whom nobody else is. A person or process logs in as a user of its own,
which is a member of one group: `GRANT dunlin_worker TO ...`. Nobody but the owner may delete or rewrite what is
append-only, whatever a program does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from sqlalchemy import text

from db.session import Database


class Role(StrEnum):
    """The groups. None of them can log in by itself."""

    WORKER = "dunlin_worker"
    """Workers: turns of cases, contacts, journal and ledger."""
    STARTER = "dunlin_starter"
    """Ways in: command line, HTTP door, intake. They register and accept messages; a turn is none of theirs."""
    READER = "dunlin_reader"
    """Reports: everything that is not personal, and nothing to write."""


_READ = "SELECT"
_ADD = "SELECT, INSERT"
_KEEP = "SELECT, INSERT, UPDATE"

GRANTS: Mapping[str, Mapping[Role, str]] = {
    "lender": {Role.WORKER: _READ, Role.STARTER: _KEEP, Role.READER: _READ},
    "consumer": {Role.WORKER: f"{_READ}, UPDATE (id, refused_places, inconvenient_times)", Role.STARTER: _KEEP},
    "contact_point": {Role.WORKER: f"{_READ}, UPDATE (usable)", Role.STARTER: _KEEP},
    "reply": {Role.WORKER: _READ, Role.STARTER: _ADD},
    "consent": {Role.WORKER: _ADD, Role.STARTER: _READ, Role.READER: _READ},
    "account": {Role.WORKER: _READ, Role.STARTER: _KEEP, Role.READER: _READ},
    "obligation": {Role.WORKER: _READ, Role.STARTER: _KEEP, Role.READER: _READ},
    "collection_case": {
        Role.WORKER: f"{_READ}, UPDATE",
        Role.STARTER: f"{_ADD}, UPDATE (consumer_id)",
        Role.READER: _READ,
    },
    "inbox": {Role.WORKER: f"{_ADD}, UPDATE (applied_at)", Role.STARTER: _ADD},
    "contact": {Role.WORKER: _KEEP, Role.STARTER: _READ, Role.READER: _READ},
    "shared_contact": {
        Role.WORKER: f"{_ADD}, UPDATE (journaled), DELETE",
        Role.STARTER: _READ,
        Role.READER: _READ,
    },
    "payment": {Role.WORKER: _KEEP, Role.STARTER: _READ, Role.READER: _READ},
    "promise": {Role.WORKER: _KEEP, Role.STARTER: _READ, Role.READER: _READ},
    "hold": {Role.WORKER: _KEEP, Role.STARTER: _READ, Role.READER: _READ},
    "referral": {Role.WORKER: _KEEP, Role.STARTER: _READ, Role.READER: _READ},
    "work_item": {
        Role.WORKER: _KEEP,
        Role.STARTER: f"{_READ}, UPDATE (claimed_by, claimed_until_real)",
        Role.READER: _READ,
    },
    "journal": {Role.WORKER: _ADD, Role.STARTER: _READ, Role.READER: _READ},
    "ledger_entry": {Role.WORKER: _ADD, Role.STARTER: _READ, Role.READER: _READ},
    "ledger_posting": {Role.WORKER: _ADD, Role.STARTER: _READ, Role.READER: _READ},
    "case_view": {Role.WORKER: _READ, Role.STARTER: _READ, Role.READER: _READ},
}
"""Table by table. What is not named here, a role may not even see."""


async def grant_roles(database: Database) -> None:
    """Make the groups where they are missing, and give each exactly what GRANTS says: what it had beyond it, it loses.

    Run it after each migration, as the owner of the tables, who must be allowed to create roles. Raises
    DatabaseFailure.
    """
    async with database.transaction() as session:
        for statement in _statements():
            await session.execute(text(statement))


def _statements() -> Iterator[str]:
    for role in Role:
        yield (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') "
            f"THEN CREATE ROLE {role} NOLOGIN; END IF; END $$"
        )
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"
        yield f"GRANT USAGE ON SCHEMA public TO {role}"
    yield "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC"
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    for table, by_role in GRANTS.items():
        for role, privileges in by_role.items():
            yield f"GRANT {privileges} ON {table} TO {role}"
