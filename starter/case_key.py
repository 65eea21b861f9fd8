"""Which case somebody means."""

from __future__ import annotations

from typing import Self

from domain.names import Id
from domain.registration import LenderId, case_id_of
from domain.value import Value
from workflows.inputs import case_workflow_id


class CaseKey(Value):
    """A case by its lender and account, written `lender:account`."""

    lender: LenderId
    account: Id

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `lender:account`. Raises ValueError when it is not of that form."""
        lender, colon, account = text.partition(":")
        if not colon:
            raise ValueError("write the case as LENDER:ACCOUNT")
        return cls(lender=lender, account=account)

    @property
    def case_id(self) -> str:
        return case_id_of(self.lender, self.account)

    @property
    def workflow_id(self) -> str:
        return case_workflow_id(self.lender, self.account)
