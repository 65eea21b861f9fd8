"""Whether an agent may call the person behind a case now: asked when a call is given out, as before every contact."""

from __future__ import annotations

from datetime import datetime

from activities.desk import HISTORY_LOOKBACK
from db.cases import CaseRecord
from db.inbox import unapplied
from db.persons import load_person
from db.session import Session
from domain.compliance.gate import gate
from domain.compliance.model import ContactRequest, Effect, Verdict
from domain.events import Reason
from domain.holds import holds_on
from domain.localtime import local_date, zone_of
from domain.names import Channel
from rulebook.load import Rulebook


async def judge_call(session: Session, rulebook: Rulebook, record: CaseRecord, now: datetime) -> Verdict:
    """The gate's word on a call at a business instant. The case must have been opened.

    A message that was accepted and not applied yet may be a payment, so it forbids the call until it is applied.
    """
    state = record.state
    assert state is not None, "only an opened case asks for a call"
    if await unapplied(session, record.case_id):
        return _forbidden("inbox.waiting", "A message about this account has not been applied yet.")
    person = await load_person(session, record.consumer_id, now - HISTORY_LOOKBACK)
    point = person.point_for(Channel.VOICE)
    if point is None:
        return _forbidden("channel.unusable", "No usable number to call is known.")
    policy = rulebook.policy(state.policy.id, state.policy.version)
    holds = tuple(dict.fromkeys(hold.kind for hold in holds_on(state, local_date(now, zone_of(state.zone)))))
    return gate(
        ContactRequest(channel=Channel.VOICE, debt=record.case_id, to=point.place),
        person.consumer.model_copy(update={"holds": holds}),
        person.history,
        rulebook.packs_for(policy, person),
        policy.collector,
        now,
    )


def _forbidden(rule: str, text: str) -> Verdict:
    reason = Reason(rule=rule, cite="house policy", effect=Effect.FORBID, text=text)
    return Verdict(verdict=Effect.FORBID, reasons=(reason,))
