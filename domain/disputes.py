"""A debt that is disputed in part: what is left to be treated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.balance import Balance, settle, total_settling
from domain.holds import disputed_part
from domain.names import Component
from domain.state import CaseState


def undisputed(balance: Balance, state: CaseState, waterfall: Sequence[Component], on: date) -> Balance:
    """A case's balance as if the disputed part were settled, the oldest obligation first.

    Only what is treated and asked for goes by it. The books know no disputed money: see `balance_of`.
    """
    part = disputed_part(state, on)
    return settle(state.obligations, total_settling(state) + part, waterfall, on) if part else balance
