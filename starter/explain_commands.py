"""`dunlin case explain`: why each contact of a case was made and allowed, or why it waited or was dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from db.cases import find_case
from db.journal import JournalLine, read
from db.session import Database
from domain.compliance.model import Effect
from domain.events import CaseOpened, Entry, ReferralWithheld
from domain.explain import Became, Explained, explain
from domain.policy import Policy
from rulebook.load import Rulebook, UnknownPolicy
from starter.arguments import CaseArgument, JsonOption
from starter.case_key import CaseKey
from starter.connection import with_database
from starter.console import CommandError, instant_text, show_facts, show_json, show_line
from starter.refusals import not_started, unknown_account

app = typer.Typer()

_LABELS = {Effect.ALLOW: "Allowed by", Effect.DEFER: "Put off by", Effect.FORBID: "Forbidden by"}


@app.command("explain")
def explain_case(
    case: CaseArgument,
    step: Annotated[str | None, typer.Argument(metavar="[STEP]", help="Only this step, or receipt.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Say why each contact was made and allowed, or why it waited or was dropped, each with its citation."""
    lines = with_database(lambda database: _read(database, case))
    entries = [Entry.model_validate({"at": line.at, "event": line.event}) for line in lines]
    rulebook = Rulebook.load()
    if step is None and not as_json:
        _show_withheld(entries)
    contacts = explain(entries, _policy_of(entries, rulebook))
    wanted = [contact for contact in contacts if step in (None, contact.step)]
    if step is not None and not wanted:
        known = ", ".join(dict.fromkeys(contact.step for contact in contacts)) or "none yet"
        raise CommandError(f"the journal has nothing of a step {step}: it has {known}")
    if as_json:
        show_json(wanted)
        return
    pack_of = {rule.id: pack.id for pack in rulebook.law.values() for rule in pack.rules}
    for contact in wanted:
        _show(contact, pack_of)
    if not wanted:
        show_line("no contact so far")


def _show_withheld(entries: Sequence[Entry]) -> None:
    """Why the case was not referred when its policy wanted that."""
    for entry in entries:
        if isinstance(entry.event, ReferralWithheld):
            show_line(f"{instant_text(entry.at)}  no legal referral")
            show_facts([("Because", f"{each.text}\n{each.rule}: {each.cite}") for each in entry.event.reasons])
            show_line("")


def _show(contact: Explained, pack_of: Mapping[str, str]) -> None:
    show_line(f"{instant_text(contact.at)}  {contact.step} by {contact.channel}: {contact.became}")
    facts = [("Why", contact.because)]
    if contact.until is not None:
        facts.append(("Due by" if contact.became is Became.ASKED else "Waited until", instant_text(contact.until)))
    if contact.became is Became.FAILED:
        facts.append(("Failed", contact.code or "for good"))
    if packs := dict.fromkeys(pack_of[reason.rule] for reason in contact.reasons if reason.rule in pack_of):
        facts.append(("Law", ", ".join(packs)))
    facts += [
        (_LABELS[Effect(reason.effect)], f"{reason.text}\n{reason.rule}: {reason.cite}") for reason in contact.reasons
    ]
    show_facts(facts)
    show_line("")


def _policy_of(entries: list[Entry], rulebook: Rulebook) -> Policy | None:
    opening = entries[0].event
    assert isinstance(opening, CaseOpened), "a journal starts with case_opened"
    try:
        return rulebook.policy(opening.policy.id, opening.policy.version)
    except UnknownPolicy:
        return None


async def _read(database: Database, case: CaseKey) -> tuple[JournalLine, ...]:
    async with database.transaction() as session:
        if await find_case(session, case.case_id) is None:
            raise unknown_account(case.case_id)
        lines = await read(session, case.case_id)
        if not lines:
            raise not_started(case.case_id)
        return lines
