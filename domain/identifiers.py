"""Identifiers that Dunlin makes: the same for the same thing, on every retry, and saying nothing of anybody."""

from __future__ import annotations

from datetime import date
from hashlib import sha256


def contact_id(case_id: str, step: str, obligation: str, attempt: int) -> str:
    """The id of one attempt at one step for one obligation of a case: its claim, and its reference at the provider."""
    return f"c-{_digest(case_id, step, obligation, str(attempt))}"


def referral_id(case_id: str, number: int) -> str:
    """The id of a case's legal referral, numbered from 1: one that was recalled may be followed by another."""
    return f"r-{_digest(case_id, str(number))}"


def interest_id(case_id: str, first_day: date) -> str:
    """The id of the interest of a period, by the first day that bore any."""
    return f"i-{_digest(case_id, first_day.isoformat())}"


def late_fee_id(case_id: str, obligation: str) -> str:
    """The id of the fee for a missed obligation."""
    return f"f-{_digest(case_id, obligation)}"


def settlement_id(case_id: str, number: int) -> str:
    """The id of a case's settlement offer, numbered from 1."""
    return f"s-{_digest(case_id, str(number))}"


def work_item_id(case_id: str, number: int) -> str:
    """The id of a case's work item, numbered from 1."""
    return f"w-{_digest(case_id, str(number))}"


def dispute_id(case_id: str, reply: str) -> str:
    """The id of the dispute that a reply opens."""
    return f"d-{_digest(case_id, reply)}"


def follow_up_id(case_id: str, message: str, kind: str) -> str:
    """The id of a message of that kind that Dunlin itself derives from another message."""
    return f"m-{_digest(case_id, message, kind)}"


def upheld_credit_id(case_id: str, dispute: str) -> str:
    """The id under which the disputed part is credited once its dispute was upheld."""
    return f"u-{_digest(case_id, dispute)}"


def passed_on_id(case_id: str, message: str) -> str:
    """The id of a message that is passed on to a case which knows its own id for something else."""
    return f"s-{_digest(case_id, message)}"


def _digest(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()[:32]
