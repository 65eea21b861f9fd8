"""Made-up facts of ordinary length, with which texts are measured, previewed and tested."""

from __future__ import annotations

from datetime import date

from domain.compliance.model import DebtHelp
from domain.messaging import (
    AccountFacts,
    AgreedFacts,
    AgreedPayment,
    CollectorIdentity,
    MessageFacts,
    OfferFacts,
    ValidationFacts,
)
from domain.money import Money

_NAMES = {"zh": ("示例客户", "示例服务有限公司", "示例消费金融有限公司", "示例市示例路1号")}
_OTHER_NAMES = ("A. Customer", "Example Servicing Ltd", "Example Bank", "1 Example Street, Exampleton, EX1 1EX")
# As many as a text message may name.
_ACCOUNTS = (
    ("EX-2048-7731", "24680", "1234", date(2026, 5, 6)),
    ("EX-2048-8042", "13579", "2345", date(2026, 5, 20)),
    ("EX-5906-1187", "9870", "567", date(2026, 6, 3)),
)


def sample_facts(locale: str, currency: str, debt_help: tuple[DebtHelp, ...]) -> MessageFacts:
    """Facts of an account that is past due, with all that any occasion needs: a payment, a plan and an offer."""
    customer, name, creditor, address = _NAMES.get(locale[:2], _OTHER_NAMES)
    return MessageFacts(
        recipient_name=customer,
        account="EX-2048-7731",
        outstanding=Money.parse("24680", currency),
        past_due=Money.parse("1234", currency),
        oldest_due=date(2026, 5, 6),
        delinquent_days=42,
        today=date(2026, 6, 17),
        payment=Money.parse("1234", currency),
        collector=CollectorIdentity(
            name=name,
            voice_name=name,
            creditor=creditor,
            phone="+1 202 555 0143",
            email="help@servicing.example",
            postal_address=address,
            pay_url="https://servicing.example/pay/K7Q2M4",
            dispute_url="https://servicing.example/ask/K7Q2M4",
            stop_url="https://servicing.example/stop/K7Q2M4",
        ),
        debt_help=debt_help,
        accounts=tuple(
            AccountFacts(
                account=account,
                outstanding=Money.parse(outstanding, currency),
                past_due=Money.parse(past_due, currency),
                oldest_due=due,
                delinquent_days=(date(2026, 6, 17) - due).days,
            )
            for account, outstanding, past_due, due in _ACCOUNTS
        ),
        validation=ValidationFacts(
            as_of=date(2026, 4, 1),
            amount=Money.parse("24000", currency),
            interest=Money.parse("901", currency),
            fees=Money.parse("52", currency),
            charges=Money.parse("17", currency),
            paid_or_credited=Money.parse("290", currency),
            owed=Money.parse("24680", currency),
            ends_on=date(2026, 7, 24),
        ),
        agreed=AgreedFacts(
            payment=Money.parse("4113", currency),
            due=date(2026, 8, 3),
            number=2,
            count=3,
            total=Money.parse("12339", currency),
            forgiven=Money.parse("12341", currency),
            payments=tuple(
                AgreedPayment(due, Money.parse("4113", currency))
                for due in (date(2026, 7, 3), date(2026, 8, 3), date(2026, 9, 3))
            ),
        ),
        offer=OfferFacts(
            amount=Money.parse("14808", currency),
            forgiven=Money.parse("9872", currency),
            last_day=date(2026, 7, 15),
        ),
    )
