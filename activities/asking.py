"""Asking the gate about a case that is locked and up to date."""

from __future__ import annotations

from activities.desk import Standing
from domain.compliance.gate import gate
from domain.compliance.model import ContactRequest, Verdict
from domain.holds import under_holds
from domain.localtime import local_date, zone_of
from domain.names import Channel


def ask_gate(standing: Standing, channel: Channel) -> Verdict:
    """The gate's own word on a contact about this case at this instant, holds of the case included."""
    today = local_date(standing.now, zone_of(standing.state.zone))
    point = standing.person.point_for(channel)
    assert point is not None, "the planner only chooses channels that have a usable contact point"
    return gate(
        ContactRequest(channel=channel, debt=standing.record.case_id, to=point.place),
        under_holds(standing.person.consumer, standing.state, today),
        standing.person.history,
        standing.packs,
        standing.policy.collector,
        standing.now,
    )
