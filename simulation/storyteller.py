"""Makes stories up, the same for the same seed. Shares are invented: everything is to meet everything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import get_args

from domain.currency import exponent_of
from domain.localtime import zone_of
from domain.money import Money
from domain.names import CallOutcome, Channel, Direction, HoldKind, Outcome, ReplyIntent
from domain.policy import Policy
from simulation.dealings import make_dealings
from simulation.raw import raw_money
from simulation.story import Deed, Fate, OtherContact, Outage, RawMessage, Story

MINUTES_A_DAY = 24 * 60
_ZONES = {
    "us": (("America/New_York",), ("America/Chicago", "America/Los_Angeles"), ("America/Phoenix",)),
    "uk": (("Europe/London",),),
    "cn": (("Asia/Shanghai",),),
}
_ANYWHERE = (("Europe/Berlin",), ("Asia/Kolkata",), ())
_FIRST_DAY = date(2026, 1, 5)
_SHARE_THAT_MAY_AGREE = 0.5
"""Stories are told at least so often of a policy with terms for agreements."""


def make_story(seed: int, policies: Sequence[Policy], days: int = 180) -> Story:
    """A story of one of the policies, those that agree to plans more often than others."""
    random = Random(seed)
    agreeing = [policy for policy in policies if policy.arrangement is not None]
    policy = random.choice(agreeing if agreeing and random.random() < _SHARE_THAT_MAY_AGREE else policies)
    return _Maker(random, policy, seed, days).story()


class _Maker:
    def __init__(self, random: Random, policy: Policy, seed: int, days: int) -> None:
        self._random = random
        self._policy = policy
        self._seed = seed
        self._days = days
        places = _ZONES.get(policy.law[0].partition("-")[0], _ANYWHERE)
        self._person_zones = random.choice(places)
        self._zone = next(iter(self._person_zones), "UTC")
        first = _FIRST_DAY + timedelta(days=random.randrange(330))
        clock = time(random.randrange(24), random.randrange(60))
        self._opened = datetime.combine(first, clock, zone_of(self._zone)).astimezone(UTC)
        self._payments = 0
        self._owed = 0

    def story(self) -> Story:
        obligations = tuple(self._obligation(number) for number in range(self._random.choice((1, 1, 2, 3))))
        self._owed = sum(amount.minor for _, amount, _ in obligations)
        return Story(
            policy=self._policy.id,
            version=self._policy.version,
            account=f"S-{self._seed}",
            opened=self._opened,
            zone=self._zone,
            person_zones=self._person_zones,
            channels=tuple(channel for channel in Channel if self._random.random() < 0.8),
            obligations=obligations,
            deeds=tuple(self._deeds()),
            outages=tuple(
                Outage(self._minute(), self._random.choice((5, 90, 600, 3 * MINUTES_A_DAY)))
                for _ in range(self._random.choice((0, 0, 1, 2)))
            ),
            others=tuple(
                OtherContact(
                    self._minute(), self._random.choice(list(Channel)), self._random.choice(("conversation", "sent"))
                )
                for _ in range(self._random.choice((0, 0, 2, 8)))
            ),
            fates=tuple(self._fate() for _ in range(25)),
            days=self._days,
        )

    def _obligation(self, number: int) -> tuple[str, Money, date]:
        due = self._opened.date() + timedelta(days=self._random.randrange(-60, 10) + 30 * number)
        return f"o-{number + 1}", self._amount(5, 2000), due

    def _deeds(self) -> list[Deed]:
        makers = (
            *(self._pays,) * 6,
            *(self._promises,) * 2,
            self._bounces,
            self._holds,
            self._lifts,
            self._disputes,
            self._resolves,
            self._consents,
            self._loses_number,
            self._replies,
            self._owes_more,
            self._is_adjusted,
            self._is_decided,
            self._complains,
            self._is_in_hardship,
            self._is_vulnerable,
            self._prefers,
            self._calls,
        )
        deeds = [
            Deed(
                minute=self._minute(),
                message=message,
                lag_minutes=self._random.choice((0, 0, 0, 1, 240)),
                twice=self._random.random() < 0.1,
            )
            for number in range(self._random.randrange(9))
            for message in self._random.choice(makers)(f"m-{number}")
        ]
        deeds += make_dealings(self._random, self._policy, self._days)
        if self._random.random() < 0.04:
            gone = self._random.choice((("recalled", {}), ("transferred", {"to": "agency-2"})))
            deeds.append(Deed(self._minute(), (gone[0], {"id": "m-recall", **gone[1]})))
        return sorted(deeds, key=lambda deed: deed.minute)

    def _pays(self, id: str) -> list[RawMessage]:
        self._payments += 1
        paid = self._random.choice((self._owed, self._owed, self._owed // 2 or 1, self._random.randrange(1, 9999)))
        amount = Money(paid, self._policy.currency)
        return [("payment_received", {"id": f"p-{self._payments}", "amount": raw_money(amount)})]

    def _bounces(self, id: str) -> list[RawMessage]:
        payment = f"p-{self._random.randint(1, max(1, self._payments))}"
        return [("payment_reversed", {"id": id, "payment": payment, "reason": "bounced"})]

    def _promises(self, id: str) -> list[RawMessage]:
        due = self._some_day()
        return [("promise_made", {"id": id, "amount": raw_money(self._amount(1, 300)), "due": due})]

    def _holds(self, id: str) -> list[RawMessage]:
        hold = {"id": id, "hold": self._random.choice(list(HoldKind)).value}
        return [("hold_placed", hold | ({"until": self._some_day()} if self._random.random() < 0.6 else {}))]

    def _lifts(self, id: str) -> list[RawMessage]:
        return [("hold_lifted", {"id": id, "hold": kind.value}) for kind in self._random.sample(list(HoldKind), 1)]

    def _disputes(self, id: str) -> list[RawMessage]:
        part = {"amount": raw_money(self._amount(1, 200))} if self._random.random() < 0.4 else {}
        return [("dispute_opened", {"id": f"d-{self._random.randrange(2)}", "category": "amount", **part})]

    def _resolves(self, id: str) -> list[RawMessage]:
        dispute = f"d-{self._random.randrange(2)}"
        return [
            ("dispute_resolved", {"id": id, "dispute": dispute, "outcome": self._random.choice(("upheld", "rejected"))})
        ]

    def _consents(self, id: str) -> list[RawMessage]:
        channel = self._random.choice(list(Channel)).value
        return [("consent_changed", {"id": id, "channel": channel, "consented": self._random.random() < 0.4})]

    def _loses_number(self, id: str) -> list[RawMessage]:
        channel = self._random.choice(list(Channel))
        point = {"contact_point": f"point-{channel}", "channel": channel.value, "usable": self._random.random() < 0.3}
        return [("contact_point_changed", {"id": id, **point})]

    def _replies(self, id: str) -> list[RawMessage]:
        intent = self._random.choice(("stop", "start", *ReplyIntent))
        return [("reply_received", {"id": id, "channel": "sms", "intent": str(intent)})]

    def _complains(self, id: str) -> list[RawMessage]:
        return [("complaint_opened", {"id": id, "category": "conduct", "owner": "team-1"})]

    def _is_in_hardship(self, id: str) -> list[RawMessage]:
        can_pay = {"affordable": raw_money(self._amount(1, 50))} if self._random.random() < 0.5 else {}
        return [("hardship_stated", {"id": id, "category": "lost_income", **can_pay})]

    def _is_vulnerable(self, id: str) -> list[RawMessage]:
        return [("vulnerability_stated", {"id": id})]

    def _prefers(self, id: str) -> list[RawMessage]:
        start = self._random.randrange(24)
        end = self._random.randrange(start + 1, 25) % 24
        wishes = {
            "refused_places": self._random.choice(([], ["mobile"], ["home"], ["email"])),
            "inconvenient_times": [{"start": f"{start:02}:00", "end": f"{end:02}:00"}],
        }
        return [("contact_preferences_changed", {"id": id, **wishes})]

    def _calls(self, id: str) -> list[RawMessage]:
        outcome = self._random.choice(get_args(CallOutcome))
        direction = self._random.choice(list(Direction))
        return [("call_outcome_recorded", {"id": id, "outcome": str(outcome), "direction": str(direction)})]

    def _owes_more(self, id: str) -> list[RawMessage]:
        amount, due = raw_money(self._amount(5, 400)), self._some_day()
        return [("obligation_due", {"id": f"o-{id}", "amount": amount, "due": due})]

    def _is_adjusted(self, id: str) -> list[RawMessage]:
        amount = self._amount(1, 200)
        signed = amount if self._random.random() < 0.5 else -amount
        return [("balance_adjusted", {"id": id, "amount": raw_money(signed), "reason": "correction"})]

    def _is_decided(self, id: str) -> list[RawMessage]:
        approved = self._random.random() < 0.5
        return [("referral_decided", {"id": id, "approved": approved, "decided_by": "staff-7"})]

    def _fate(self) -> Fate:
        return self._random.choice(tuple(Fate)) if self._random.random() < 0.3 else Fate.SENT

    def _amount(self, low: int, high: int) -> Money:
        """Between two amounts in major units."""
        unit = 10 ** exponent_of(self._policy.currency)
        return Money(self._random.randrange(low * unit, high * unit), self._policy.currency)

    def _minute(self) -> int:
        return self._random.randrange(self._days * MINUTES_A_DAY)

    def _some_day(self) -> str:
        return (self._opened.date() + timedelta(days=self._random.randrange(self._days))).isoformat()


OTHER_OUTCOMES = {"conversation": Outcome.CONVERSATION, "sent": Outcome.SENT}
