"""Accounts that are late by the machine's own calendar: the command line lives in real time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from domain.registration import AccountRegistration
from tests.e2e import world

TODAY = datetime.now(UTC).date()


def account(**terms: Any) -> AccountRegistration:
    """A new account that owes 250.00 pounds since five days ago, but for the terms."""
    return world.account(**{"today": TODAY, **terms})
