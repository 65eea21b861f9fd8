"""`dunlin arrangement` and `dunlin settlement`: from a proposal to what the case says of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db.journal import JournalLine
from domain.names import AgreedBy, Channel
from domain.policy import Policy
from domain.proposals import Shape
from rulebook.load import Rulebook
from starter.case_key import CaseKey
from tests.domain.agreements import ARRANGEMENT, SETTLEMENT
from tests.e2e.world import World, eventually, key_of
from tests.starter.accounts import TODAY, account
from tests.starter.terminal import Terminal

SOON = TODAY + timedelta(days=5)


@pytest.fixture
def agreeable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every policy has the plans and settlements of the domain's tests, whatever the published ones have."""
    loaded = Rulebook.policy

    def with_agreements(book: Rulebook, policy_id: str, version: int) -> Policy:
        policy = loaded(book, policy_id, version)
        arrangement = ARRANGEMENT.model_copy(update={"confirmation": None, "reminder": None})
        known = policy.steps[0].template
        offers = tuple(offer.model_copy(update={"template": known}) for offer in SETTLEMENT.offers)
        settlement = SETTLEMENT.model_copy(update={"offers": offers, "confirmation": None})
        return policy.model_copy(update={"arrangement": arrangement, "settlement": settlement})

    monkeypatch.setattr(Rulebook, "policy", with_agreements)


async def opened(dunlin: World) -> CaseKey:
    registration = account()
    case = key_of(registration)
    await dunlin.client().open_case(registration)
    await eventually("a worker has opened the case", lambda: dunlin.has(case, "case_opened"))
    return case


async def said(dunlin: World, case: CaseKey, kind: str) -> JournalLine:
    (line,) = [line for line in await dunlin.client().journal(case) if line.kind == kind]
    return line


@pytest.mark.usefixtures("agreeable")
class TestArrangements:
    async def test_a_plan_is_proposed_agreed_to_as_proposed_and_replaced(
        self, dunlin: World, terminal: Terminal
    ) -> None:
        case = await opened(dunlin)

        proposing = await terminal("arrangement", "propose", case.case_id, "--instalments", "3", "--first", str(SOON))
        command = proposing.out[proposing.out.index("dunlin arrangement agree") :].split()[1:]
        agreeing = await terminal(*command, "--channel", "voice", "--id", "plan-1")
        again = await terminal(*command, "--channel", "voice", "--id", "plan-1")
        second = await terminal("arrangement", "agree", *command[2:], "--id", "plan-2")
        replanning = await terminal(
            *("arrangement", "agree", case.case_id, "--by", "agent", "--replaces", "plan-1", "--id", "plan-3"),
            *("--instalment", f"{SOON}=100.00", "--instalment", f"{SOON + timedelta(days=31)}=150.00", "--json"),
        )

        showing = await terminal("case", "show", case.case_id)

        assert "0 of 2 kept, next £100.00 by" in showing.out
        assert (proposing.status, agreeing.status, again.status, replanning.status) == (0, 0, 0, 0)
        assert "£83.34" in proposing.out
        assert "£83.33" in proposing.out
        assert "Applied" in agreeing.out
        assert "Duplicate" in again.out
        assert (second.status, "arrangement_in_force" in second.error) == (1, True)
        assert replanning.json["status"] == "applied"
        plans = [line.event for line in await dunlin.client().journal(case) if line.kind == "arrangement_agreed"]
        assert [plan["channel"] for plan in plans] == ["voice", None], "the same again counts once"
        assert plans[1]["replaces"] == "plan-1"

    async def test_programs_read_a_proposal_as_json_and_refusals_name_the_limit(
        self, dunlin: World, terminal: Terminal
    ) -> None:
        case = await opened(dunlin)

        proposing = await terminal("arrangement", "propose", case.case_id, "--instalments", "2", "--json")
        too_many = await terminal("arrangement", "propose", case.case_id, "--instalments", "7")
        by_nobody = await terminal(
            "arrangement", "agree", case.case_id, "--by", "borrower", "--instalments", "2", "--id", "plan-1"
        )

        assert proposing.json["owed"] == {"amount": "250.00", "currency": "GBP"}
        assert [each["amount"]["amount"] for each in proposing.json["instalments"]] == ["125.00", "125.00"]
        assert (too_many.status, "up to 6 instalments" in too_many.error) == (1, True)
        assert (by_nobody.status, "arrangement_not_by_them" in by_nobody.error) == (1, True)

    @pytest.mark.parametrize(
        ("arguments", "remedy"),
        [
            ((), "name each --instalment"),
            (("--instalments", "2", "--instalment", "2026-06-01=1.00"), "name each --instalment"),
            (("--instalment", "2026-06-01=1.00", "--past-due"), "go with --instalments"),
            (("--instalment", "2026-06-01"), "2026-06-15=125.00"),
        ],
    )
    async def test_a_plan_is_either_worked_out_or_named(
        self, terminal: Terminal, arguments: tuple[str, ...], remedy: str
    ) -> None:
        shown = await terminal("arrangement", "agree", "acme:A-1", "--by", "agent", *arguments)

        assert (shown.status, remedy in shown.error) == (2, True)


@pytest.mark.usefixtures("agreeable")
async def test_a_settlement_is_offered_and_accepted_in_parts(dunlin: World, terminal: Terminal) -> None:
    case = await opened(dunlin)

    unknown = await terminal("settlement", "offer", case.case_id, "quarter")
    offering = await terminal("settlement", "offer", case.case_id, "half", "--id", "ask-1")
    accepting = await terminal(
        *("settlement", "accept", case.case_id, "half", "--id", "yes-1", "--json"),
        *("--part", f"{SOON}=25.00", "--part", f"{SOON + timedelta(days=10)}=100.00"),
    )

    showing = await terminal("case", "show", case.case_id)

    assert "accepted: £125.00, £0.00 paid, until" in showing.out
    assert (unknown.status, "no_such_offer" in unknown.error) == (1, True)
    assert (offering.status, accepting.json["status"]) == (0, "applied")
    accepted = await said(dunlin, case, "settlement_accepted")
    assert [part["amount"] for part in accepted.event["parts"]] == [
        {"amount": "25.00", "currency": "GBP"},
        {"amount": "100.00", "currency": "GBP"},
    ]


@pytest.mark.usefixtures("agreeable")
async def test_what_python_programs_call_does_the_same(dunlin: World) -> None:
    client, arranged, settled = dunlin.client(), await opened(dunlin), await opened(dunlin)

    plan = await client.propose_arrangement(arranged, Shape(2))
    agreed = await client.agree_arrangement(
        arranged, plan.instalments, arrangement="plan-1", agreed_by=AgreedBy.AGENT, channel=Channel.VOICE
    )
    await client.offer_settlement(settled, "half", message_id="ask-1")
    accepted = await client.accept_settlement(settled, "half", message_id="yes-1")

    assert (agreed.status, accepted.status) == ("applied", "applied")
