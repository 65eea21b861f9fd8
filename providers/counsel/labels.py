"""The fixed words of what counsel gets, in each locale."""

from __future__ import annotations

from dataclasses import dataclass

from domain.events import ReversalReason
from domain.names import Channel, Component, Direction, Outcome, RecallReason


@dataclass(frozen=True, slots=True)
class Labels:
    """Texts with {braces} are filled with `str.format`."""

    title: str
    confidential: str
    referral: str
    case: str
    account: str
    as_of: str
    creditor: str
    collector: str
    debtor: str
    counsel: str
    summary: str
    charged: str
    paid: str
    credited: str
    overpaid: str
    outstanding: str
    obligations: str
    payments: str
    credits: str
    contacts: str
    due: str
    reference: str
    component: str
    amount: str
    settled: str
    date: str
    note: str
    date_and_time: str
    channel: str
    direction: str
    outcome: str
    total: str
    none_recorded: str
    reversed_note: str
    basis: str
    times: str
    integrity: str
    page: str
    components: dict[Component, str]
    channels: dict[Channel, str]
    directions: dict[Direction, str]
    outcomes: dict[Outcome, str]
    reversals: dict[ReversalReason, str]
    bundle_subject: str
    bundle_text: str
    recall_subject: str
    recall_reasons: dict[RecallReason, str]
    recall_text: str


ENGLISH = Labels(
    title="Statement of account and contact history",
    confidential="Confidential: prepared for legal advice and proceedings",
    referral="Referral",
    case="Case",
    account="Account",
    as_of="As of",
    creditor="Creditor",
    collector="Collector",
    debtor="Debtor",
    counsel="Counsel",
    summary="Summary",
    charged="Obligations fallen or falling due",
    paid="Payments received",
    credited="Credits and adjustments",
    overpaid="Overpayment held",
    outstanding="Outstanding",
    obligations="Obligations and how payments were allocated",
    payments="Payments",
    credits="Credits and adjustments",
    contacts="Contact history",
    due="Due",
    reference="Reference",
    component="Component",
    amount="Amount",
    settled="Settled",
    date="Date",
    note="Note",
    date_and_time="Date and time",
    channel="Channel",
    direction="Direction",
    outcome="Outcome",
    total="Total",
    none_recorded="None recorded.",
    reversed_note="Reversed ({reason}); not counted",
    basis="All amounts are in {currency}. Payments settle the oldest due date first.",
    times="Times are in {zone}. Sent means that the provider took the message; delivered is shown only where a report "
    "proves it. Texts and telephone numbers are held by the collector and can be produced on request.",
    integrity="This statement was made from the case journal, which is attached as {name}. Its SHA-256 is {digest}.",
    page="Page {page} of {pages}",
    components={Component.PRINCIPAL: "Principal", Component.INTEREST: "Interest", Component.FEE: "Fee"},
    channels={
        Channel.SMS: "Text message",
        Channel.EMAIL: "E-mail",
        Channel.VOICE: "Telephone",
        Channel.LETTER: "Letter",
    },
    directions={Direction.OUTBOUND: "To the debtor", Direction.INBOUND: "From the debtor"},
    outcomes={
        Outcome.SENT: "Sent",
        Outcome.DELIVERED: "Delivered",
        Outcome.FAILED: "Failed",
        Outcome.UNKNOWN: "Not known; counted as sent",
        Outcome.NO_ANSWER: "No answer",
        Outcome.VOICEMAIL: "Voicemail",
        Outcome.CONVERSATION: "Conversation",
        Outcome.BUSY: "Busy",
        Outcome.NOT_IN_SERVICE: "Not in service",
        Outcome.DROPPED: "Dropped",
    },
    reversals={
        ReversalReason.BOUNCED: "bounced",
        ReversalReason.CHARGEBACK: "chargeback",
        ReversalReason.MISTAKEN_POSTING: "posted by mistake",
    },
    bundle_subject="Referral {referral}: statement and journal",
    bundle_text="To {counsel}\n\n"
    "We refer account {account} to you for recovery. Our reference is {referral}.\n\n"
    "As of {date}, {outstanding} is outstanding. Attached are the statement of account and contact history, "
    "the journal of the case, and a manifest with the SHA-256 of each file.\n\n"
    "Please confirm receipt. We shall tell you at once if the debt is paid or the account is recalled.\n\n"
    "{collector}\n",
    recall_subject="Referral {referral}: stop work",
    recall_reasons={
        RecallReason.PAID: "The debt has been paid.",
        RecallReason.CURED: "What was overdue has been paid.",
        RecallReason.ACCOUNT_RECALLED: "The account has been recalled.",
        RecallReason.HOLD: "No legal step may be taken at present.",
        RecallReason.AGREEMENT: "A way to pay has been agreed.",
        RecallReason.TIME_BARRED: "The debt can no longer be sued for.",
    },
    recall_text="To {counsel}\n\n"
    "Please stop all work on referral {referral}, account {account}, with effect from {date}. {reason}\n\n"
    "Please take no further step against the debtor, withdraw what has been filed as far as your rules allow, "
    "and confirm that you have done so.\n\n"
    "{collector}\n",
)

CHINESE = Labels(
    title="账户对账单及联系记录",
    confidential="保密文件：仅供法律咨询及诉讼使用",
    referral="委托编号",
    case="案件编号",
    account="账户",
    as_of="截至",
    creditor="债权人",
    collector="催收方",
    debtor="债务人",
    counsel="受托律所",
    summary="汇总",
    charged="已到期及将到期的应付款",
    paid="已收款项",
    credited="减免及调整",
    overpaid="多付款项",
    outstanding="未清偿余额",
    obligations="应付款及还款分配明细",
    payments="还款记录",
    credits="减免及调整",
    contacts="联系记录",
    due="到期日",
    reference="编号",
    component="款项类型",
    amount="金额",
    settled="已清偿",
    date="日期",
    note="备注",
    date_and_time="日期和时间",
    channel="方式",
    direction="方向",
    outcome="结果",
    total="合计",
    none_recorded="无记录。",
    reversed_note="已冲销（{reason}），不计入",
    basis="所有金额的币种为 {currency}。还款优先清偿最早到期的款项。",
    times="时间以 {zone} 时区为准。“已发送”表示服务商已受理；仅在有回执证明时才记为“已送达”。"
    "往来文本及电话号码由催收方保存，可应要求提供。",
    integrity="本对账单根据案件日志生成，日志见附件 {name}，其 SHA-256 值为 {digest}。",
    page="第 {page} 页，共 {pages} 页",
    components={Component.PRINCIPAL: "本金", Component.INTEREST: "利息", Component.FEE: "费用"},
    channels={
        Channel.SMS: "短信",
        Channel.EMAIL: "电子邮件",
        Channel.VOICE: "电话",
        Channel.LETTER: "信函",
    },
    directions={Direction.OUTBOUND: "致债务人", Direction.INBOUND: "债务人来联"},
    outcomes={
        Outcome.SENT: "已发送",
        Outcome.DELIVERED: "已送达",
        Outcome.FAILED: "失败",
        Outcome.UNKNOWN: "未知，按已发送计",
        Outcome.NO_ANSWER: "无人接听",
        Outcome.VOICEMAIL: "语音信箱",
        Outcome.CONVERSATION: "已通话",
        Outcome.BUSY: "占线",
        Outcome.NOT_IN_SERVICE: "号码停用",
        Outcome.DROPPED: "通话中断",
    },
    reversals={
        ReversalReason.BOUNCED: "退票",
        ReversalReason.CHARGEBACK: "拒付",
        ReversalReason.MISTAKEN_POSTING: "误入账",
    },
    bundle_subject="委托 {referral}：对账单及案件日志",
    bundle_text="致 {counsel}：\n\n"
    "现将账户 {account} 委托贵所追偿，我方编号为 {referral}。\n\n"
    "截至{date}，未清偿余额为 {outstanding}。"
    "随函附上账户对账单及联系记录、案件日志，以及列明各文件 SHA-256 值的清单。\n\n"
    "请确认收悉。如债务已清偿或账户被收回，我方将立即通知贵所。\n\n"
    "{collector}\n",
    recall_subject="委托 {referral}：停止办理",
    recall_reasons={
        RecallReason.PAID: "该债务已清偿。",
        RecallReason.CURED: "逾期款项已清偿。",
        RecallReason.ACCOUNT_RECALLED: "该账户已被收回。",
        RecallReason.HOLD: "目前不得采取任何法律行动。",
        RecallReason.AGREEMENT: "双方已达成还款约定。",
        RecallReason.TIME_BARRED: "该债务的诉讼时效已届满。",
    },
    recall_text="致 {counsel}：\n\n"
    "请自{date}起停止办理委托 {referral}（账户 {account}）的一切事务。{reason}\n\n"
    "请勿再对债务人采取任何措施，在规则允许的范围内撤回已提交的文件，并向我方确认。\n\n"
    "{collector}\n",
)

LABELS: dict[str, Labels] = {"en-GB": ENGLISH, "en-US": ENGLISH, "zh-CN": CHINESE}


def labels_of(locale: str) -> Labels:
    """The words of a locale. Raises ValueError for one that has none."""
    if locale not in LABELS:
        raise ValueError(f"no counsel documents in {locale}: use one of {', '.join(LABELS)}")
    return LABELS[locale]
