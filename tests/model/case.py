"""A slow case, written from DESIGN.md sections 4 and 7 and the pages on ageing, money, holds and agreements.

It lives day by day, remembers who paid when, and works everything out anew. It shares no code with the domain but its
vocabularies, and knows nothing of messages: the machine tells it what happened.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from domain.names import HoldKind
from tests.model.account import ONE_DAY, Account, Came, Owed

H = HoldKind
STANDING_STILL = {
    H.BREATHING_SPACE,
    H.MENTAL_HEALTH_CRISIS,
    H.BANKRUPTCY,
    H.DECEASED,
    H.VULNERABILITY,
    H.HARDSHIP,
    H.FRAUD,
    H.DISPUTE,
}
STOPPING_CONTACT = STANDING_STILL | {H.ATTORNEY, H.CEASE_CONTACT}
BARRING_REFERRAL = STANDING_STILL | {H.MILITARY, H.COMPLAINT}
STAYING_ENFORCEMENT = {H.BREATHING_SPACE, H.MENTAL_HEALTH_CRISIS, H.BANKRUPTCY, H.DECEASED}

ENDED_REFERRAL = {"declined", "withdrawn", "recalled", "settled", "satisfied"}


@dataclass
class Stop:
    """A hold on the days `[since, until)`, of all of the debt or of a part."""

    id: str
    kind: HoldKind
    since: date
    until: date | None = None
    part: int | None = None

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)

    def end(self, day: date) -> None:
        if self.until is None or day < self.until:
            self.until = day


@dataclass
class Promised:
    """`paid_before` are the payments that came before it: those after it count to it."""

    id: str
    minor: int
    due: date
    paid_before: frozenset[str]
    status: str = "open"


@dataclass
class Agreed:
    """A plan, or a settlement from its offer on. `from_day` is the first day on which it is in force."""

    id: str
    parts: list[tuple[date, int]]
    paid_before: frozenset[str]
    status: str
    from_day: date | None
    until_day: date | None = None
    offer: str = ""
    amount: int = 0
    rest: int = 0
    expires: date | None = None


@dataclass(frozen=True)
class Terms:
    """What the policy says."""

    promise_grace: int
    promise_longest: int
    promise_limit: int
    partly_percent: int
    partly_silent: int
    plan_grace: int
    plan_first_within: int
    plan_gap: int
    plan_parts: int
    plan_least: int
    plan_replans: int
    settlement_grace: int
    settlement_parts: int
    settlement_within: int
    hardship_days: int
    grace: int


@dataclass
class SlowCase:
    terms: Terms
    account: Account
    today: date
    holds: list[Stop] = field(default_factory=list)
    promises: list[Promised] = field(default_factory=list)
    plans: list[Agreed] = field(default_factory=list)
    settlements: list[Agreed] = field(default_factory=list)
    payments: dict[str, int] = field(default_factory=dict)
    disputes: dict[str, int | None] = field(default_factory=dict)
    complaints: set[str] = field(default_factory=set)
    referral: str | None = None
    recalled: bool = False
    closed: bool = False

    # -- what is owed ------------------------------------------------------------------------------------------------

    @property
    def outstanding(self) -> int:
        return self.account.stands(self.today).outstanding

    def _stands_with(self, more: int) -> date | None:
        """The oldest unpaid due date if so much more had come."""
        came = [*self.account.came, Came("", more, self.today)]
        return Account(self.account.opened_on, self.account.waterfall, owed=self.account.owed, came=came,
                       reversed=self.account.reversed).stands(self.today).oldest_due  # fmt: skip

    @property
    def disputed(self) -> int:
        return sum(hold.part for hold in self.in_force if hold.part is not None)

    @property
    def treated_oldest(self) -> date | None:
        """The oldest unpaid due date, the disputed part left out."""
        return self._stands_with(self.disputed)

    def days_past_due(self) -> int | None:
        oldest = self.treated_oldest
        return None if oldest is None else (self.today - oldest).days

    def delinquent_days(self) -> int | None:
        """Every day from the oldest due date to yesterday, but for the grace and the days that are paused."""
        oldest = self.treated_oldest
        if oldest is None:
            return None
        counted, day = 0, oldest
        while day < self.today:
            counted += not self.is_paused(day)
            day += ONE_DAY
        return max(0, counted - self.terms.grace)

    # -- holds -------------------------------------------------------------------------------------------------------

    @property
    def in_force(self) -> list[Stop]:
        return [hold for hold in self.holds if hold.covers(self.today)]

    def is_paused(self, day: date) -> bool:
        held = any(hold.covers(day) and hold.part is None and hold.kind in STANDING_STILL for hold in self.holds)
        agreed = any(
            one.from_day is not None and one.from_day <= day and (one.until_day is None or day < one.until_day)
            for one in (*self.plans, *self.settlements)
        )
        return held or agreed

    def holds_back(self, kinds: set[HoldKind]) -> bool:
        return any(hold.part is None and hold.kind in kinds for hold in self.in_force)

    def bars_referral(self) -> bool:
        return any(hold.kind in BARRING_REFERRAL for hold in self.in_force)

    def dispute(self, name: str, minor: int | None) -> None:
        part = minor
        owed = self.outstanding - self.account.stands(self.today).credit
        if minor is not None and self.disputed + minor >= owed:
            part = None
        self.disputes[name] = minor
        self.holds.append(Stop(name, H.DISPUTE, self.today, part=part))

    def resolve(self, name: str, upheld: bool) -> None:
        for hold in self.holds:
            if hold.id == name:
                hold.end(self.today)
        minor = self.disputes[name]
        if upheld and minor is not None:
            self.account.came.append(Came(f"upheld:{name}", minor, self.today))

    # -- agreements --------------------------------------------------------------------------------------------------

    def standing_payments(self) -> frozenset[str]:
        return frozenset(self.payments)

    def paid_since(self, before: frozenset[str]) -> int:
        return sum(
            minor for name, minor in self.payments.items() if name not in before and name not in self.account.reversed
        )

    def plan_in_force(self) -> Agreed | None:
        return next((plan for plan in self.plans if plan.status == "in_force"), None)

    def settling(self) -> Agreed | None:
        return next((one for one in self.settlements if one.status == "accepted"), None)

    def offered(self) -> Agreed | None:
        return next((one for one in self.settlements if one.status == "offered"), None)

    def open_promise(self) -> Promised | None:
        return next((promise for promise in self.promises if promise.status == "open"), None)

    def accepts_promise(self, minor: int, due: date) -> bool:
        terms = self.terms
        return (
            not self.closed
            and self.open_promise() is None
            and self.plan_in_force() is None
            and self.settling() is None
            and len(self.promises) < terms.promise_limit
            and self.today <= due <= self.today + timedelta(days=terms.promise_longest)
            and minor <= self.outstanding
        )

    def accepts_plan(self, parts: list[tuple[date, int]], replaces: str | None) -> bool:
        terms, stands = self.terms, self.account.stands(self.today)
        earlier = [plan for plan in self.plans if plan.status != "completed"]
        return (
            not self.closed
            and self.settling() is None
            and (self.plan_in_force() is None or replaces is not None)
            and (replaces is None or bool(earlier and earlier[-1].id == replaces))
            and len(earlier) <= terms.plan_replans
            and len(parts) <= terms.plan_parts
            and all(minor >= terms.plan_least for _, minor in parts[:-1])
            and self.today <= parts[0][0] <= self.today + timedelta(days=terms.plan_first_within)
            and all(0 < (later - sooner).days <= terms.plan_gap for (sooner, _), (later, _) in pairwise(parts))
            and sum(minor for _, minor in parts) in {stands.outstanding, stands.past_due}
        )

    def may_offer(self) -> bool:
        return (
            not self.closed
            and not self.in_force
            and not self.recalled
            and self.plan_in_force() is None
            and self.settling() is None
            and self.offered() is None
            and self.open_promise() is None
            and (self.referral is None or self.referral in ENDED_REFERRAL)
        )

    def accepts_settlement(self, offer: str, parts: list[tuple[date, int]]) -> bool:
        made, terms = self.offered(), self.terms
        if made is None or made.offer != offer or self.closed or self.settling() is not None:
            return False
        assert made.expires is not None
        last = max(made.expires, self.today + timedelta(days=terms.settlement_within))
        return (
            self.today <= made.expires
            and len(parts) <= terms.settlement_parts
            and (not parts or sum(minor for _, minor in parts) == made.amount)
            and all(sooner < later for (sooner, _), (later, _) in pairwise(parts))
            and all(self.today <= due <= last for due, _ in parts)
        )

    def supersede(self) -> None:
        """What weighs more takes the place of the promise and the plan."""
        promise, plan = self.open_promise(), self.plan_in_force()
        if promise is not None:
            promise.status = "superseded"
        if plan is not None:
            plan.status, plan.until_day = "superseded", self.today

    def bounce(self, payment: str) -> None:
        """The payment never came. A plan that it had completed is in force again, unless a settlement is."""
        self.account.reversed.add(payment)
        plan = self.plans[-1] if self.plans else None
        if plan is None or plan.status != "completed" or payment in plan.paid_before or self.is_paid(plan):
            return
        if self.settling() is None and self.outstanding:
            self.supersede()
            plan.status, plan.until_day = "in_force", None

    def is_paid(self, agreed: Agreed) -> bool:
        return self.paid_since(agreed.paid_before) >= sum(minor for _, minor in agreed.parts)

    def _missed_on(self, agreed: Agreed, grace: int) -> date | None:
        """The first day beyond the grace of an unpaid part, if it has come. Days of a hold don't count to the grace."""
        paid = self.paid_since(agreed.paid_before)
        for due, minor in agreed.parts:
            paid -= minor
            if paid < 0:
                late, day = 0, due
                while day < self.today:
                    late += not any(
                        hold.covers(day) and hold.part is None and hold.kind in STANDING_STILL for hold in self.holds
                    )
                    day += ONE_DAY
                    if late > grace:
                        return day
                return None
        return None

    # -- what comes of it --------------------------------------------------------------------------------------------

    def live(self) -> None:
        """Everything that the day and what happened on it bring about."""
        self._revive()
        for promise in self.promises:
            if promise.status == "open" and not self.recalled and not self.closed:
                self._judge(promise)
        self._judge_plan()
        self._judge_settlement()
        if self._recalls_referral():
            self.referral = "recalled"
        self.closed = self.closed or self.recalled or not self.outstanding or self.referral in {"settled", "satisfied"}

    def _judge(self, promise: Promised) -> None:
        paid = self.paid_since(promise.paid_before)
        if paid >= promise.minor:
            promise.status = "kept"
        elif self.outstanding and self.today > promise.due + timedelta(days=self.terms.promise_grace):
            silenced = self.plan_in_force() is not None or self.settling() is not None
            assert not silenced, "no promise is open while an agreement is in force"
            partly = paid * 100 >= promise.minor * self.terms.partly_percent
            promise.status = "partly_kept" if partly else "broken"

    def _judge_plan(self) -> None:
        plan = self.plan_in_force()
        if plan is None or self.recalled or self.closed:
            return
        if self.is_paid(plan) or not self.outstanding:
            plan.status, plan.until_day = "completed", self.today
        elif missed := self._missed_on(plan, self.terms.plan_grace):
            plan.status, plan.until_day = "broken", missed

    def _judge_settlement(self) -> None:
        offered, settling = self.offered(), self.settling()
        if self.recalled or self.closed:
            return
        if offered is not None and offered.expires is not None and self.today > offered.expires:
            offered.status = "lapsed"
        if settling is None:
            return
        if self.is_paid(settling) or not self.outstanding:
            waived = min(settling.rest, self.outstanding)
            settling.status, settling.until_day = "completed", self.today
            if waived:
                self.account.came.append(Came(settling.id, waived, self.today))
        elif missed := self._missed_on(settling, self.terms.settlement_grace):
            settling.status, settling.until_day = "lapsed", missed

    def _revive(self) -> None:
        """A settlement whose payments did not stand was not paid: what it wrote off is owed again."""
        for one in self.settlements:
            waived = any(came.id == one.id for came in self.account.came)
            if one.status == "completed" and waived and not self.is_paid(one):
                one.status = "lapsed"
                self.account.came = [came for came in self.account.came if came.id != one.id]
        if self.closed and self.outstanding and self.was_taken_back and not self.recalled:
            self.closed = False

    was_taken_back: bool = False
    """Money moved by the message that is lived: it opens a closed case again."""

    def _recalls_referral(self) -> bool:
        if self.referral is None or self.referral in ENDED_REFERRAL:
            return False
        decided = self.referral in {"judgment", "enforcement"}
        held = (
            any(hold.part is None and hold.kind in STAYING_ENFORCEMENT for hold in self.in_force)
            if decided
            else self.bars_referral()
        )
        agreed = self.plan_in_force() is not None or self.settling() is not None
        return self.recalled or agreed or held or not self.account.stands(self.today).past_due

    # -- silence -----------------------------------------------------------------------------------------------------

    def silent_because(self) -> str | None:
        """Why nobody may be reminded of anything today; None when they may."""
        if self.closed or self.recalled or not self.outstanding:
            return "nothing is owed here"
        if self.open_promise() is not None:
            return "promise"
        for promise in self.promises:
            days = self.terms.promise_grace + self.terms.partly_silent
            if promise.status == "partly_kept" and self.today <= promise.due + timedelta(days=days):
                return "promise partly kept"
        if self.plan_in_force() is not None or self.settling() is not None:
            return "agreement"
        if self.holds_back(STOPPING_CONTACT):
            return "hold"
        if self.referral is not None and self.referral not in ENDED_REFERRAL:
            return "with counsel"
        return None if self.treated_oldest is not None else "all that is left is disputed"

    def owes(self, name: str, minor: int, due: date, component: object) -> None:
        self.account.owed.append(Owed(name, minor, due, component))  # type: ignore[arg-type]
