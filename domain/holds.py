"""What each hold stops: what it must, and nothing else. The law packs stop contact besides, see `StopHolds`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from domain.names import HoldKind
from domain.state import CaseState, Hold


@dataclass(frozen=True, slots=True)
class HoldEffects:
    """What a hold does while it covers a day.

    `pauses_days`: its days don't count as delinquent. `freezes_charges`: no interest and no fee arises on them.
    `bars_referral`: no legal referral is proposed or carried on.
    """

    stops_contact: bool = True
    pauses_days: bool = True
    freezes_charges: bool = True
    bars_referral: bool = True


_EVERYTHING = HoldEffects()

HOLD_EFFECTS: Mapping[HoldKind, HoldEffects] = {
    HoldKind.HARDSHIP: _EVERYTHING,
    HoldKind.VULNERABILITY: _EVERYTHING,
    HoldKind.BREATHING_SPACE: _EVERYTHING,
    HoldKind.MENTAL_HEALTH_CRISIS: _EVERYTHING,
    HoldKind.BANKRUPTCY: _EVERYTHING,
    HoldKind.DECEASED: _EVERYTHING,
    HoldKind.FRAUD: _EVERYTHING,
    HoldKind.DISPUTE: _EVERYTHING,
    # 50 USC 3937 caps interest and 3931 protects from default judgments; to be reminded is no harm.
    HoldKind.MILITARY: HoldEffects(stops_contact=False, pauses_days=False),
    # The debt goes on as before, but through the attorney: a person decides what follows.
    HoldKind.ATTORNEY: HoldEffects(pauses_days=False, freezes_charges=False, bars_referral=False),
    # 12 CFR 1006.6(c)(2) leaves the creditor its ordinary remedies.
    HoldKind.CEASE_CONTACT: HoldEffects(pauses_days=False, freezes_charges=False, bars_referral=False),
    # While a complaint may be with the ombudsman, no proceedings.
    HoldKind.COMPLAINT: HoldEffects(stops_contact=False, pauses_days=False, freezes_charges=False),
}


def holds_on(state: CaseState, day: date) -> tuple[Hold, ...]:
    """The holds that cover a day where the account lives."""
    return tuple(hold for hold in state.holds if hold.covers(day))


def contact_is_stopped(state: CaseState, day: date) -> bool:
    return any(HOLD_EFFECTS[hold.kind].stops_contact for hold in holds_on(state, day))


def charges_are_frozen(state: CaseState, day: date) -> bool:
    return any(HOLD_EFFECTS[hold.kind].freezes_charges for hold in holds_on(state, day))


def referral_is_barred(state: CaseState, day: date) -> bool:
    return any(HOLD_EFFECTS[hold.kind].bars_referral for hold in holds_on(state, day))
