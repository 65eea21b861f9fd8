"""The other accounts of a person that one message names as well: each locked, decided anew, and asked of the gate."""

from __future__ import annotations

from dataclasses import dataclass, replace

from activities.asking import ask_gate
from activities.carrying import withhold
from activities.desk import Desk, Standing
from activities.turn import sheet_of
from db.cases import lock_case
from db.contact_facts import ContactFacts
from db.contacts import ClaimKey, find_claim
from db.inbox import unapplied
from db.session import Session
from db.shared_contacts import find_claim_by_another
from domain.compliance.model import Effect
from domain.consolidation import ACCOUNTS_MAX, comes_along, terms_of
from domain.decision import Contact
from domain.events import Reason
from domain.facts import Facts


@dataclass(frozen=True, slots=True)
class Companion:
    """An account that is named in another's message, with the contact of its own that this stands for."""

    standing: Standing
    contact: Contact
    allowed_by: tuple[Reason, ...]


async def find_companions(
    desk: Desk, session: Session, leading: Standing, contact: Contact, known: ContactFacts
) -> tuple[Companion, ...]:
    """Those that come along in a contact that is about to be claimed, of the cases that may. Each is locked.

    The consumer is locked already, so that no two turns of one person's cases do this at once. Whatever a candidate's
    decision needs to be journaled first is saved.
    """
    terms = terms_of(contact, leading.policy)
    companions: list[Companion] = []
    for case_id in known.may_come_along if terms is not None else ():
        assert terms is not None, "only then is there a candidate"
        if len(companions) + 1 == ACCOUNTS_MAX[contact.channel]:
            break
        standing = await _stand(desk, session, leading, case_id)
        if standing is None:
            continue
        facts = Facts.gather(standing.state, standing.person, standing.policy, standing.packs, standing.now)
        planned = standing.decision
        if not comes_along(planned, facts, contact, terms) or await _is_being_made(session, case_id, planned):
            continue
        verdict = ask_gate(standing, contact.channel)
        if verdict.verdict is not Effect.ALLOW:
            continue
        if withhold(desk, standing, planned, verdict, standing.policy.locale, known.collector) is None:
            companions.append(Companion(await save_first(desk, session, standing), planned, verdict.reasons))
    return tuple(companions)


async def save_first(desk: Desk, session: Session, standing: Standing) -> Standing:
    """Messages or bookkeeping that came to light are saved with the claim, in the same transaction."""
    if not standing.entries:
        return standing
    sheet = sheet_of(standing.state, standing.policy, standing.packs, standing.now, standing.entries)
    saved = await desk.write(session, standing, sheet)
    return replace(standing, record=saved, entries=(), settled=())


async def _stand(desk: Desk, session: Session, leading: Standing, case_id: str) -> Standing | None:
    """Another case of the same person, locked and decided anew; None while a message waits to change it."""
    record = await lock_case(session, case_id)
    if record.state is None or await unapplied(session, case_id):
        return None
    return desk.after(desk.as_recorded(record, leading.person, leading.decision, leading.now), ())


async def _is_being_made(session: Session, case_id: str, planned: Contact) -> bool:
    """Whether that contact was claimed before and is not settled yet, by its own case or by another."""
    key = ClaimKey(planned.step, planned.obligation, planned.attempt)
    return (
        await find_claim(session, case_id, key) is not None
        or await find_claim_by_another(session, case_id, key) is not None
    )
