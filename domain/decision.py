"""What can be decided about a case."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from domain.events import Reason
from domain.money import Money
from domain.names import Channel, CloseReason, Id
from domain.state import PromiseStatus
from domain.value import Value


class Wait(Value):
    """Nothing is due before `until` (business time); with no `until`, only a message can change that."""

    kind: Literal["wait"] = "wait"
    until: AwareDatetime | None
    reason: str
    awaits: Id | None = Field(default=None, description="The work item that an agent is to do until then.")


class Planned(Value):
    """Something to do at `at` (business time): the case's one timer runs until then, and the act follows directly."""

    at: AwareDatetime


class Contact(Planned):
    """Contact the borrower. `attempt` counts from 0 over the channels of the step that were tried before."""

    kind: Literal["contact"] = "contact"
    step: Id
    obligation: Id
    channel: Channel
    template: Id
    attempt: int
    reason: str


class AskForCall(Planned):
    """Ask an agent to call: a work item to be done by `due`, the end of the hours in which it is planned."""

    kind: Literal["ask_for_call"] = "ask_for_call"
    step: Id
    obligation: Id
    template: Id
    attempt: int
    due: AwareDatetime
    priority: int
    reason: str
    allowed_by: tuple[Reason, ...] = Field(default=(), exclude=True, description="For the journal; not in histories.")


class ProposeReferral(Planned):
    """The policy's conditions for a legal referral hold: ask a person, or refer at once if the policy says so."""

    kind: Literal["propose_referral"] = "propose_referral"
    reason: str


class Close(Planned):
    """The case ends. A payment or a reversal can reopen it."""

    kind: Literal["close"] = "close"
    because: CloseReason
    reason: str


class EnterStage(Value):
    """Bookkeeping: the case's stage, recomputed from its state, is another than the journal last said."""

    kind: Literal["enter_stage"] = "enter_stage"
    stage: Id
    obligation: Id
    day: int


class SettlePromise(Value):
    """Bookkeeping: a promise was kept, or its day and grace have passed without all of the money."""

    kind: Literal["settle_promise"] = "settle_promise"
    promise: Id
    status: Literal[PromiseStatus.KEPT, PromiseStatus.PARTLY_KEPT, PromiseStatus.BROKEN]
    paid: Money


class Suppress(Value):
    """Bookkeeping: a step is skipped because no channel of it is usable and lawful."""

    kind: Literal["suppress"] = "suppress"
    step: Id
    obligation: Id
    channel: Channel
    reasons: tuple[Reason, ...]


class WithholdReferral(Value):
    """Bookkeeping: the policy would refer now, and may not."""

    kind: Literal["withhold_referral"] = "withhold_referral"
    reasons: tuple[Reason, ...]


Bookkeeping = EnterStage | SettlePromise | Suppress | WithholdReferral

ActionDecision = Annotated[Wait | Contact | AskForCall | ProposeReferral | Close, Field(discriminator="kind")]
"""What the workflow can be asked to do. Bookkeeping never leaves the domain: `domain.advance` records it at once."""

Decision = Wait | Contact | AskForCall | ProposeReferral | Close | Bookkeeping
