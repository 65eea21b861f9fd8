"""Old histories replay: what every released version has written into Temporal, today's workflows can go on from."""

from __future__ import annotations

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from runtime.temporal import DATA_CONVERTER
from tests.replay.recording import steps_of, stored
from workflows.collection_case import CollectionCase
from workflows.inputs import CASE_WORKFLOW, CaseOutcome, CaseStart
from workflows.legal_referral import LegalReferral
from workflows.upkeep import NightlyCheck, Reconciliation

ALL = dict(stored())
RELEASED = (CollectionCase, LegalReferral, NightlyCheck, Reconciliation)


def replayer(*workflows: type) -> Replayer:
    return Replayer(workflows=workflows, data_converter=DATA_CONVERTER, workflow_runner=UnsandboxedWorkflowRunner())


@pytest.mark.parametrize("name", ALL)
async def test_a_history_of_a_release_replays(name: str) -> None:
    await replayer(*RELEASED).replay_workflow(ALL[name])


def test_the_histories_show_every_workflow_and_every_activity() -> None:
    seen = {name for history in ALL.values() for _, name in steps_of(history.to_json_dict())}

    assert {"CollectionCase", "LegalReferral"} <= seen
    assert {"open_case", "apply_messages", "advance_case", "contact", "hand_over_referral", "recall_referral"} <= seen
    assert {"payment_received", "payment_reversed", "recalled", "hold_placed"} <= seen


@workflow.defn(name=CASE_WORKFLOW)
class ChangedCase(CollectionCase):
    """The change that must never be made without a patch: a timer before the first activity."""

    @workflow.run
    async def run(self, start: CaseStart) -> CaseOutcome:
        await workflow.sleep(1)
        return await super().run(start)


@workflow.defn(name=CASE_WORKFLOW)
class PatchedCase(CollectionCase):
    """The same change, made so that cases which began before it go on as they began."""

    @workflow.run
    async def run(self, start: CaseStart) -> CaseOutcome:
        if workflow.patched("sleep-first"):
            await workflow.sleep(1)
        return await super().run(start)


def a_case() -> WorkflowHistory:
    return next(history for name, history in ALL.items() if "collection-case" in name)


async def test_an_incompatible_change_of_the_workflow_is_found() -> None:
    with pytest.raises(workflow.NondeterminismError):
        await replayer(ChangedCase).replay_workflow(a_case())


async def test_the_same_change_behind_a_patch_replays() -> None:
    await replayer(PatchedCase).replay_workflow(a_case())
