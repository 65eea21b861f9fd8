"""What each hold stops: what it must, and nothing else. The law packs stop contact besides, see `StopHolds`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.compliance.model import Consumer, RulePack
from domain.compliance.parameters import StopHolds
from domain.money import Money
from domain.names import Collector, HoldKind
from domain.state import CaseState, Hold


@dataclass(frozen=True, slots=True)
class HoldEffects:
    """What a hold does while it covers a day.

    `pauses_days`: its days don't count as delinquent, and the treatment stands still; such a hold stops everything
    else too. `freezes_charges`: no interest and no fee arises on them. `bars_referral`: no legal referral is proposed,
    and one without a judgment is recalled. `stays_enforcement`: one with a judgment is recalled as well.
    """

    stops_contact: bool = False
    pauses_days: bool = False
    freezes_charges: bool = False
    bars_referral: bool = False
    stays_enforcement: bool = False


_FORBEARANCE = HoldEffects(stops_contact=True, pauses_days=True, freezes_charges=True, bars_referral=True)
_MORATORIUM = HoldEffects(
    stops_contact=True, pauses_days=True, freezes_charges=True, bars_referral=True, stays_enforcement=True
)
_DAYS_RUN_ON = HoldEffects(stops_contact=True)

HOLD_EFFECTS: Mapping[HoldKind, HoldEffects] = {
    # SI 2020/1311, reg. 7: no demand, no interest or fees, no enforcement; the crisis moratorium is the same.
    HoldKind.BREATHING_SPACE: _MORATORIUM,
    HoldKind.MENTAL_HEALTH_CRISIS: _MORATORIUM,
    # 11 USC 362(a): no act to collect, to begin or to continue proceedings, or to enforce a judgment.
    HoldKind.BANKRUPTCY: _MORATORIUM,
    # Nobody is left to ask until a person has found who may act for the estate.
    HoldKind.DECEASED: _MORATORIUM,
    # Time to recover, by policy: nothing that was reached in court is given up.
    HoldKind.HARDSHIP: _FORBEARANCE,
    # Whether this person owes the debt at all is not known: nothing is added to it.
    HoldKind.FRAUD: _FORBEARANCE,
    # 12 CFR 1006.38(d): collection ceases until verification or a judgment. Of a part, see `effects_of`.
    HoldKind.DISPUTE: _FORBEARANCE,
    # A person decides how to go on (CONC 7.2); what they do about charges they post as an adjustment.
    HoldKind.VULNERABILITY: HoldEffects(stops_contact=True, pauses_days=True, bars_referral=True),
    # 50 USC 3937 limits interest, 3931 protects from default judgments. To be reminded is no harm.
    HoldKind.MILITARY: HoldEffects(freezes_charges=True, bars_referral=True),
    # 12 CFR 1006.6(b)(2): the attorney is asked instead. The debt itself goes on as before.
    HoldKind.ATTORNEY: _DAYS_RUN_ON,
    # 12 CFR 1006.6(c)(2) leaves the ordinary remedies. One that needs a notice first is not proposed without it.
    HoldKind.CEASE_CONTACT: _DAYS_RUN_ON,
    # It asks for silence only where a rule says so, as 12 CFR 1006.6(c)(1) does to those who collect for others.
    HoldKind.REFUSAL_TO_PAY: HoldEffects(),
    # No proceedings while a complaint may be with the ombudsman; reminders and days go on.
    HoldKind.COMPLAINT: HoldEffects(bars_referral=True),
}

_PART_OF_THE_DEBT = HoldEffects(bars_referral=True)
"""A dispute about a part: that part is left out of the treatment, and nothing at all goes to court."""

PERSON_WIDE: frozenset[HoldKind] = frozenset(
    {
        HoldKind.BANKRUPTCY,
        HoldKind.DECEASED,
        HoldKind.BREATHING_SPACE,
        HoldKind.MENTAL_HEALTH_CRISIS,
        HoldKind.MILITARY,
        HoldKind.VULNERABILITY,
        HoldKind.ATTORNEY,
        HoldKind.CEASE_CONTACT,
    }
)
"""Holds that are about the person, not about one account: why each is, docs/decisions/0015-holds-of-the-person.md."""

_WORDS: tuple[tuple[str, str], ...] = (
    ("stops_contact", "contact"),
    ("pauses_days", "delinquent days"),
    ("freezes_charges", "charges"),
    ("bars_referral", "legal referral"),
    ("stays_enforcement", "enforcement"),
)


def effects_of(hold: Hold) -> HoldEffects:
    """What this hold does. A dispute about a part of the debt leaves the rest to be treated."""
    return HOLD_EFFECTS[hold.kind] if hold.amount is None else _PART_OF_THE_DEBT


def holds_on(state: CaseState, day: date) -> tuple[Hold, ...]:
    """The holds that cover a day where the account lives."""
    return tuple(hold for hold in state.holds if hold.covers(day))


def contact_is_stopped(state: CaseState, day: date) -> bool:
    return any(effects_of(hold).stops_contact for hold in holds_on(state, day))


def days_are_paused(state: CaseState, day: date) -> bool:
    return any(effects_of(hold).pauses_days for hold in holds_on(state, day))


def charges_are_frozen(state: CaseState, day: date) -> bool:
    return any(effects_of(hold).freezes_charges for hold in holds_on(state, day))


def referral_is_barred(state: CaseState, day: date) -> bool:
    return any(effects_of(hold).bars_referral for hold in holds_on(state, day))


def enforcement_is_stayed(state: CaseState, day: date) -> bool:
    return any(effects_of(hold).stays_enforcement for hold in holds_on(state, day))


def referral_possible_from(state: CaseState, day: date) -> date | None:
    """The first day from `day` on without a hold that bars a referral; None while the end of one is not known."""
    return _first_day_without(state, day, lambda hold: effects_of(hold).bars_referral)


def contact_possible_from(state: CaseState, day: date, despite: frozenset[HoldKind] = frozenset()) -> date | None:
    """The first day from `day` on without a hold that stops contact, those of the kinds in `despite` left aside.

    None while the end of one is not known.
    """
    return _first_day_without(state, day, lambda hold: hold.kind not in despite and effects_of(hold).stops_contact)


def next_end(state: CaseState, day: date) -> date | None:
    """The first day on which one of the holds that cover `day` has ended; None while no end is known."""
    return min((hold.ends_on for hold in holds_on(state, day) if hold.ends_on is not None), default=None)


def days_run_from(state: CaseState, day: date) -> date | None:
    """The first day from `day` on that is not paused; None while the end of a pause is not known."""
    return _first_day_without(state, day, lambda hold: effects_of(hold).pauses_days)


def disputed_part(state: CaseState, day: date) -> Money:
    """What is disputed of the debt in part: nothing where the debt is disputed whole, which stops everything."""
    return Money.total((hold.amount for hold in holds_on(state, day) if hold.amount is not None), state.currency)


def under_holds(consumer: Consumer, state: CaseState, day: date) -> Consumer:
    """The person as the gate has to see them for a contact about this case on that day."""
    holds = holds_on(state, day)
    if not holds:
        return consumer
    disputes = [hold for hold in holds if hold.kind is HoldKind.DISPUTE]
    return consumer.model_copy(
        update={
            "holds": tuple(dict.fromkeys((*consumer.holds, *(hold.kind for hold in holds)))),
            "disputed_in_part": bool(disputes) and all(hold.amount is not None for hold in disputes),
        }
    )


def stops_in_words(hold: Hold, packs: Sequence[RulePack], collector: Collector | None, day: date) -> tuple[str, ...]:
    """What a hold stops, for people: "contact", or "contact (by us.reg-f.cease)" where only the law says so.

    Without packs it is what the hold stops by itself.
    """
    effects = effects_of(hold)
    words = [name for field, name in _WORDS if getattr(effects, field)]
    if not effects.stops_contact:
        rules = _stopping_rules(hold, packs, collector, day)
        words[:0] = [f"contact (by {', '.join(rules)})"] if rules else []
    return tuple(words)


def _stopping_rules(hold: Hold, packs: Sequence[RulePack], collector: Collector | None, day: date) -> list[str]:
    return [
        rule.id
        for pack in packs
        for rule in pack.rules
        if rule.enabled and collector in rule.applies_to
        for version in rule.versions
        if version.since <= day and (version.until is None or day < version.until)
        if isinstance(version.set, StopHolds) and hold.kind in version.set.holds
        if hold.amount is None or not version.set.spares_undisputed
    ]


def _first_day_without(state: CaseState, day: date, stops: Callable[[Hold], bool]) -> date | None:
    while True:
        covering = [hold for hold in holds_on(state, day) if stops(hold)]
        if not covering:
            return day
        ends = [hold.ends_on for hold in covering if hold.ends_on is not None]
        if len(ends) < len(covering):
            return None
        day = max(ends)
