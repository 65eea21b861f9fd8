"""Dunlin's own search attributes: what operations look for in the Temporal UI."""

from __future__ import annotations

from temporalio.common import SearchAttributeKey

LENDER = SearchAttributeKey.for_keyword("DunlinLender")
STAGE = SearchAttributeKey.for_keyword("DunlinStage")
HOLD = SearchAttributeKey.for_keyword_list("DunlinHold")
OUTSTANDING = SearchAttributeKey.for_int("DunlinOutstanding")
"""In minor units of DunlinCurrency."""
CURRENCY = SearchAttributeKey.for_keyword("DunlinCurrency")
DELINQUENT_SINCE = SearchAttributeKey.for_datetime("DunlinDelinquentSince")
POLICY = SearchAttributeKey.for_keyword("DunlinPolicy")
REFERRAL = SearchAttributeKey.for_keyword("DunlinReferral")

ALL = (LENDER, STAGE, HOLD, OUTSTANDING, CURRENCY, DELINQUENT_SINCE, POLICY, REFERRAL)
