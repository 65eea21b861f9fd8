"""Registering lenders and accounts: the same registration again changes nothing, and a refused one writes nothing.

A batch takes three statements however many accounts it has: lock, read what is known, write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pydantic import TypeAdapter
from sqlalchemy import text

from db.registration_rows import Locate, as_json, rows_of
from db.session import Session
from domain.itemization import Itemization
from domain.names import Component
from domain.registration import AccountRegistration, LenderRegistration

BATCH_LENGTH_MAX = 1000
"""Each account of a batch takes a lock, and Postgres' lock table is shared by everybody."""


class RegistrationOutcome(StrEnum):
    """What became of one registration: the first three are fine, the others were refused and wrote nothing."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    UNKNOWN_LENDER = "unknown_lender"
    OTHER_CONSUMER = "other_consumer"
    OTHER_CURRENCY = "other_currency"
    OBLIGATION_DIFFERS = "obligation_differs"
    CASE_IS_OPEN = "case_is_open"

    @property
    def remedy(self) -> str | None:
        """What to do about a refusal; None when nothing was refused."""
        return _REMEDIES.get(self)


_REMEDIES = {
    RegistrationOutcome.UNKNOWN_LENDER: "no lender has this id: register the lender first",
    RegistrationOutcome.OTHER_CONSUMER: "the account belongs to another consumer: use another account id",
    RegistrationOutcome.OTHER_CURRENCY: "the account is in another currency: use another account id",
    RegistrationOutcome.OBLIGATION_DIFFERS: (
        "an obligation of that id is registered with another amount, day or component: send balance_adjusted instead"
    ),
    RegistrationOutcome.CASE_IS_OPEN: (
        "the case is open: send further obligations as obligation_due; its product, zone, policy and itemization stay"
    ),
}


@dataclass(frozen=True, slots=True)
class Registered:
    """One registration of a batch and what became of it."""

    case_id: str
    outcome: RegistrationOutcome


@dataclass(frozen=True, slots=True)
class _KnownObligation:
    id: str
    amount_minor: int
    due: date
    component: Component


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database has of an account that is being registered; the fields of an unknown account are None."""

    case_id: str
    lender_known: bool
    opened: bool
    consumer_id: str | None
    currency: str | None
    itemization: Itemization | None
    terms: tuple[str | int | None, ...]
    obligations: tuple[_KnownObligation, ...]


_KNOWN: TypeAdapter[tuple[_Known, ...]] = TypeAdapter(tuple[_Known, ...])

_REGISTER_LENDER = text("""
INSERT INTO lender (
    id, name, creditor_name, phone, email, postal_address, pay_url, dispute_url, stop_url, voice_name
) VALUES (
    :id, :name, :creditor_name, :phone, :email, :postal_address, :pay_url, :dispute_url, :stop_url, :voice_name
)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, creditor_name = excluded.creditor_name, phone = excluded.phone, email = excluded.email,
    postal_address = excluded.postal_address, pay_url = excluded.pay_url, dispute_url = excluded.dispute_url,
    stop_url = excluded.stop_url, voice_name = excluded.voice_name
WHERE lender.* IS DISTINCT FROM excluded.*
""")

# Accounts that don't exist yet have no row to lock, so their ids are locked; consumers as every turn of a case does.
_LOCK = text("""
WITH cases AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(hashtextextended(id, 0)) FROM (
        SELECT id FROM unnest(CAST(:case_ids AS text[])) AS id ORDER BY id
    ) AS sorted
), consumers AS MATERIALIZED (
    SELECT id FROM consumer WHERE id = ANY(:consumer_ids) ORDER BY id FOR NO KEY UPDATE
)
SELECT (SELECT count(*) FROM cases), (SELECT count(*) FROM consumers)
""")

_READ = text("""
SELECT CAST(json_agg(json_build_object(
    'case_id', w.case_id,
    'lender_known', l.id IS NOT NULL,
    'opened', coalesce(k.sequence > 0, false),
    'consumer_id', a.consumer_id,
    'currency', a.currency,
    'itemization', a.itemization,
    'terms', json_build_array(a.product, a.zone, a.policy_id, a.policy_version),
    'obligations', (
        SELECT coalesce(json_agg(json_build_object(
            'id', o.id, 'amount_minor', o.amount_minor, 'due', o.due, 'component', o.component
        )), '[]')
        FROM obligation AS o WHERE o.case_id = w.case_id
    )
)) AS text)
FROM jsonb_to_recordset(CAST(:wanted AS jsonb)) AS w (case_id text, lender_id text, account_id text)
LEFT JOIN lender AS l ON l.id = w.lender_id
LEFT JOIN account AS a ON a.lender_id = w.lender_id AND a.id = w.account_id
LEFT JOIN collection_case AS k ON k.id = w.case_id
""")

# A registration without a residence leaves the one that is known.
_WRITE = text("""
WITH consumers AS (
    INSERT INTO consumer (
        id, full_name, locale, zones, residence_country, residence_subdivision, residence_postal_code, residence_zones,
        residence_areas
    )
    SELECT
        id, full_name, locale, zones, residence_country, residence_subdivision, residence_postal_code, residence_zones,
        residence_areas
    FROM jsonb_to_recordset(CAST(:consumers AS jsonb)) AS row (
        id text, full_name text, locale text, zones text[], residence_country text, residence_subdivision text,
        residence_postal_code text, residence_zones text[], residence_areas text[]
    )
    ORDER BY id
    ON CONFLICT (id) DO UPDATE
    SET full_name = excluded.full_name, locale = excluded.locale, zones = excluded.zones,
        residence_country = CASE
            WHEN excluded.residence_country IS NULL THEN consumer.residence_country
            ELSE excluded.residence_country
        END,
        residence_subdivision = CASE
            WHEN excluded.residence_country IS NULL THEN consumer.residence_subdivision
            ELSE excluded.residence_subdivision
        END,
        residence_postal_code = CASE
            WHEN excluded.residence_country IS NULL THEN consumer.residence_postal_code
            ELSE excluded.residence_postal_code
        END,
        residence_zones = CASE
            WHEN excluded.residence_country IS NULL THEN consumer.residence_zones
            ELSE excluded.residence_zones
        END,
        residence_areas = CASE
            WHEN excluded.residence_country IS NULL THEN consumer.residence_areas
            ELSE excluded.residence_areas
        END
    WHERE (consumer.full_name, consumer.locale, consumer.zones)
        IS DISTINCT FROM (excluded.full_name, excluded.locale, excluded.zones)
    OR excluded.residence_country IS NOT NULL AND (
        consumer.residence_country, consumer.residence_subdivision, consumer.residence_postal_code,
        consumer.residence_zones, consumer.residence_areas
    ) IS DISTINCT FROM (
        excluded.residence_country, excluded.residence_subdivision, excluded.residence_postal_code,
        excluded.residence_zones, excluded.residence_areas
    )
    RETURNING id
), points AS (
    INSERT INTO contact_point (consumer_id, id, channel, place, value, preference, zones, areas)
    SELECT consumer_id, id, channel, place, value, preference, zones, areas
    FROM jsonb_to_recordset(CAST(:points AS jsonb)) AS row (
        consumer_id text, id text, channel text, place text, value text, preference integer, zones text[], areas text[]
    )
    ON CONFLICT (consumer_id, id) DO UPDATE
    SET channel = excluded.channel, place = excluded.place, value = excluded.value, preference = excluded.preference,
        zones = excluded.zones, areas = excluded.areas,
        usable = contact_point.usable OR contact_point.value <> excluded.value
    WHERE (
        contact_point.channel, contact_point.place, contact_point.value, contact_point.preference,
        contact_point.zones, contact_point.areas
    ) IS DISTINCT FROM (
        excluded.channel, excluded.place, excluded.value, excluded.preference, excluded.zones, excluded.areas
    )
    RETURNING consumer_id
), accounts AS (
    INSERT INTO account (
        lender_id, id, consumer_id, product, currency, zone, policy_id, policy_version, itemization
    )
    SELECT lender_id, account_id, consumer_id, product, currency, zone, policy_id, policy_version, itemization
    FROM jsonb_to_recordset(CAST(:accounts AS jsonb)) AS row (
        lender_id text, account_id text, consumer_id text, product text, currency text, zone text, policy_id text,
        policy_version integer, itemization jsonb
    )
    ON CONFLICT (lender_id, id) DO UPDATE
    SET product = excluded.product, zone = excluded.zone, policy_id = excluded.policy_id,
        policy_version = excluded.policy_version, itemization = excluded.itemization
    WHERE (account.product, account.zone, account.policy_id, account.policy_version, account.itemization)
        IS DISTINCT FROM (
            excluded.product, excluded.zone, excluded.policy_id, excluded.policy_version, excluded.itemization
        )
    RETURNING lender_id || ':' || id AS case_id
), cases AS (
    INSERT INTO collection_case (id, lender_id, account_id, consumer_id, currency)
    SELECT case_id, lender_id, account_id, consumer_id, currency
    FROM jsonb_to_recordset(CAST(:accounts AS jsonb)) AS row (
        case_id text, lender_id text, account_id text, consumer_id text, currency text
    )
    ON CONFLICT (id) DO NOTHING
), obligations AS (
    INSERT INTO obligation (case_id, id, amount_minor, currency, due, component)
    SELECT case_id, id, amount_minor, currency, due, component
    FROM jsonb_to_recordset(CAST(:obligations AS jsonb)) AS row (
        case_id text, id text, amount_minor bigint, currency text, due date, component text
    )
    ON CONFLICT (case_id, id) DO NOTHING
    RETURNING case_id
)
SELECT id FROM consumers
UNION SELECT consumer_id FROM points
UNION SELECT case_id FROM accounts
UNION SELECT case_id FROM obligations
""")


async def register_lender(session: Session, lender: LenderRegistration) -> None:
    """Register a lender, or change what its messages say of it."""
    await session.execute(_REGISTER_LENDER, lender.model_dump())


async def register_accounts(
    session: Session, batch: Sequence[AccountRegistration], locate: Locate
) -> tuple[Registered, ...]:
    """Register accounts with their consumers, contact points and obligations; one outcome for each, in their order.

    Raises ValueError when the batch is longer than BATCH_LENGTH_MAX or names an account twice.
    """
    case_ids = sorted({account.case_id for account in batch})
    if len(case_ids) != len(batch) or len(batch) > BATCH_LENGTH_MAX:
        raise ValueError(f"a batch takes up to {BATCH_LENGTH_MAX} accounts, each once: split it")
    consumer_ids = sorted({account.consumer.id for account in batch})
    await session.execute(_LOCK, {"case_ids": case_ids, "consumer_ids": consumer_ids})
    known = await _read(session, batch)
    refusals = {account.case_id: _refusal(account, known[account.case_id]) for account in batch}
    changed = await _write(session, [account for account in batch if refusals[account.case_id] is None], locate)
    return tuple(
        Registered(account.case_id, refusals[account.case_id] or _outcome(account, known[account.case_id], changed))
        for account in batch
    )


async def _read(session: Session, batch: Sequence[AccountRegistration]) -> dict[str, _Known]:
    wanted = [
        {"case_id": account.case_id, "lender_id": account.lender, "account_id": account.account} for account in batch
    ]
    found = (await session.execute(_READ, {"wanted": as_json(wanted)})).scalar_one()
    return {known.case_id: known for known in _KNOWN.validate_json(found or "[]")}


def _refusal(account: AccountRegistration, known: _Known) -> RegistrationOutcome | None:
    if not known.lender_known:
        return RegistrationOutcome.UNKNOWN_LENDER
    if known.consumer_id is None:
        return None
    if known.consumer_id != account.consumer.id:
        return RegistrationOutcome.OTHER_CONSUMER
    if known.currency != account.currency:
        return RegistrationOutcome.OTHER_CURRENCY
    registered = {obligation.id: obligation for obligation in known.obligations}
    wanted = {
        each.id: _KnownObligation(each.id, each.amount.minor, each.due, each.component) for each in account.obligations
    }
    if any(registered[each] != wanted[each] for each in registered.keys() & wanted.keys()):
        return RegistrationOutcome.OBLIGATION_DIFFERS
    terms_differ = known.terms != _terms(account) or known.itemization != account.itemization
    if known.opened and (wanted.keys() - registered.keys() or terms_differ):
        return RegistrationOutcome.CASE_IS_OPEN
    return None


def _outcome(account: AccountRegistration, known: _Known, changed: set[str]) -> RegistrationOutcome:
    if known.consumer_id is None:
        return RegistrationOutcome.CREATED
    if changed & {account.case_id, account.consumer.id}:
        return RegistrationOutcome.UPDATED
    return RegistrationOutcome.UNCHANGED


async def _write(session: Session, batch: Sequence[AccountRegistration], locate: Locate) -> set[str]:
    """Write what is new or other. Returns the ids of the consumers and cases that changed."""
    if not batch:
        return set()
    return set((await session.execute(_WRITE, rows_of(batch, locate))).scalars())


def _terms(account: AccountRegistration) -> tuple[str | int | None, ...]:
    return (account.product, account.zone, account.policy, account.policy_version)
