"""What a case shows to the search of the Temporal UI, and which of it has changed: an upsert is paid for.

The next action's time is not a search attribute: it changes with every contact, and would cost each a third command.
`dunlin case list` and the case sheet show it.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributePair, SearchAttributeUpdate, TypedSearchAttributes

from workflows.search_attributes import (
    CURRENCY,
    DELINQUENT_SINCE,
    HOLD,
    LENDER,
    OUTSTANDING,
    POLICY,
    REFERRAL,
    STAGE,
)

with workflow.unsafe.imports_passed_through():
    from activities.signatures import CaseSheet
    from domain.money import Money


def at_start(lender: str, policy: str, outstanding: Money, *, amounts_hidden: bool) -> TypedSearchAttributes:
    """What is known before a case's first activity. Given at start, it is free of charge."""
    pairs: list[SearchAttributePair[Any]] = [
        SearchAttributePair(LENDER, lender),
        SearchAttributePair(POLICY, policy),
        SearchAttributePair(CURRENCY, outstanding.currency),
    ]
    if not amounts_hidden:
        pairs.append(SearchAttributePair(OUTSTANDING, outstanding.minor))
    return TypedSearchAttributes(pairs)


def changes(
    case_sheet: CaseSheet, known: TypedSearchAttributes, *, amounts_hidden: bool
) -> list[SearchAttributeUpdate[Any]]:
    """What to upsert, in one command, so that the search shows this sheet. Empty when it does already.

    The server has to read search attributes, so no codec hides them: with `amounts_hidden` none says an amount.
    """
    return [
        _update(key, value)
        for key, value in _wanted(case_sheet)
        if known.get(key) != value and not (amounts_hidden and key is OUTSTANDING)
    ]


def _wanted(case_sheet: CaseSheet) -> list[tuple[SearchAttributeKey[Any], Any]]:
    since = case_sheet.delinquent_since
    return [
        (STAGE, case_sheet.stage),
        (HOLD, sorted(case_sheet.holds) or None),
        (OUTSTANDING, case_sheet.outstanding.minor),
        (DELINQUENT_SINCE, None if since is None else datetime.combine(since, time(), UTC)),
        (POLICY, case_sheet.policy),
        (REFERRAL, case_sheet.referral),
    ]


def _update(key: SearchAttributeKey[Any], value: Any) -> SearchAttributeUpdate[Any]:
    return key.value_unset() if value is None else key.value_set(value)
