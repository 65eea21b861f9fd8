"""Disputes: which of them wait for an answer, and what is left to be treated of a debt that is disputed in part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.balance import Balance, settle, total_settling
from domain.holds import disputed_part
from domain.names import Component, HoldKind, Id
from domain.state import CaseState


def undisputed(balance: Balance, state: CaseState, waterfall: Sequence[Component], on: date) -> Balance:
    """A case's balance as if the disputed part were settled, the oldest obligation first.

    Only what is treated and asked for goes by it. The books know no disputed money: see `balance_of`.
    """
    part = disputed_part(state, on)
    return settle(state.obligations, total_settling(state) + part, waterfall, on) if part else balance


def awaits_answer(about: Id, state: CaseState, on: date) -> bool:
    """Whether this is a dispute that nobody has decided yet.

    One is, too, whose hold was lifted meanwhile, for the law wants its answer all the same; and so is a hold of that
    kind which was placed without saying more.
    """
    if about in {dispute.id for dispute in state.disputes}:
        return is_unanswered(about, state)
    return any(hold.id == about and hold.kind is HoldKind.DISPUTE and hold.covers(on) for hold in state.holds)


def is_unanswered(about: Id, state: CaseState) -> bool:
    """Whether this is a dispute or a complaint that still has no answer, whatever became of its hold."""
    disputed = any(each.id == about and each.outcome is None and each.repeats is None for each in state.disputes)
    return disputed or any(each.id == about and each.outcome is None for each in state.complaints)
