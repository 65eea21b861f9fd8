"""What a batch of registrations writes, as the rows of each table: the people, with where they may be, and the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from pydantic_core import to_json

from domain.registration import AccountRegistration, ConsumerRegistration
from domain.whereabouts import NOTHING, Located

Locate = Callable[[ConsumerRegistration], Located]
"""Finds where a person may be from what is registered of them."""


def rows_of(batch: Sequence[AccountRegistration], locate: Locate) -> dict[str, str]:
    """The rows of the tables that a batch writes, by table, as JSON."""
    consumers = _consumers(batch)
    located = {consumer.id: locate(consumer) for consumer in consumers}
    return {
        "consumers": as_json(_consumer_row(each, located[each.id]) for each in consumers),
        "points": as_json(row for each in consumers for row in _point_rows(each, located[each.id])),
        "accounts": as_json(map(_account_row, batch)),
        "obligations": as_json(row for account in batch for row in _obligation_rows(account)),
    }


def as_json(rows: Iterable[dict[str, Any]]) -> str:
    """Rows as Postgres takes them."""
    return to_json(list(rows)).decode()


def _consumers(batch: Sequence[AccountRegistration]) -> Sequence[ConsumerRegistration]:
    """Each person once, as said last; a residence that only an earlier account names is kept."""
    consumers: dict[str, ConsumerRegistration] = {}
    for account in batch:
        consumer = account.consumer
        known = consumers.get(consumer.id)
        if known is not None and consumer.residence is None:
            consumer = consumer.model_copy(update={"residence": known.residence})
        consumers[consumer.id] = consumer
    return list(consumers.values())


def _consumer_row(consumer: ConsumerRegistration, located: Located) -> dict[str, Any]:
    residence = consumer.residence
    return {
        "id": consumer.id,
        "full_name": consumer.full_name,
        "locale": consumer.locale,
        "zones": consumer.zones,
        "residence_country": None if residence is None else residence.country,
        "residence_subdivision": None if residence is None else residence.subdivision,
        "residence_postal_code": None if residence is None else residence.postal_code,
        "residence_zones": located.residence.zones,
        "residence_areas": located.residence.areas,
    }


def _point_rows(consumer: ConsumerRegistration, located: Located) -> Iterator[dict[str, Any]]:
    for preference, point in enumerate(consumer.identified_points):
        where = located.points.get(point.id or "", NOTHING)
        yield {
            "consumer_id": consumer.id,
            "id": point.id,
            "channel": point.channel,
            "place": point.place,
            "value": point.value,
            "preference": preference,
            "zones": where.zones,
            "areas": where.areas,
        }


def _account_row(account: AccountRegistration) -> dict[str, Any]:
    return {
        "case_id": account.case_id,
        "lender_id": account.lender,
        "account_id": account.account,
        "consumer_id": account.consumer.id,
        "product": account.product,
        "currency": account.currency,
        "zone": account.zone,
        "policy_id": account.policy,
        "policy_version": account.policy_version,
        "itemization": account.itemization,
    }


def _obligation_rows(account: AccountRegistration) -> Iterator[dict[str, Any]]:
    for obligation in account.obligations:
        yield {
            "case_id": account.case_id,
            "id": obligation.id,
            "amount_minor": obligation.amount.minor,
            "currency": obligation.amount.currency,
            "due": obligation.due,
            "component": obligation.component,
        }
