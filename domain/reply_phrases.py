"""The sentences that are understood in replies, in English and Chinese. Reviewed data: a person can read each line.

Sentences are in small letters without punctuation and apostrophes (`dont`); Chinese ones without spaces. A sentence
that only begins like one of these, such as "do not call me before nine", is none of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from domain.names import Channel, ReplyIntent

# The whole answer, once spaces and punctuation are taken out. 47 CFR 64.1200(a)(10)(i) names "stop", "quit", "end",
# "revoke", "opt out", "cancel" and "unsubscribe"; the others are what carriers and Twilio honour, and the Chinese words
# and "TD" are what the industry ministry's rules have senders print in text messages.
_KEYWORDS: dict[ReplyIntent, str] = {
    ReplyIntent.STOP: (
        "stop stopall unsubscribe cancel end quit revoke optout td t "
        "退订 退訂 停止 停止发送 取消 取消订阅 拒收 拒收短信 勿扰"
    ),
    ReplyIntent.START: "start yes unstop 恢复 恢复订阅 开始",
    ReplyIntent.HELP: "help info 帮助 幫助",
    ReplyIntent.DISPUTE: "dispute 异议 争议",
    ReplyIntent.ALREADY_PAID: "paid alreadypaid ihavepaid 已还款 已付款 已还 已付",
}
KEYWORDS: Mapping[str, ReplyIntent] = {word: intent for intent, words in _KEYWORDS.items() for word in words.split()}

# These stop messages also as the first word of a sentence, such as "Stop texting me". The other keywords begin
# sentences that mean something else, such as "End of the month I can pay".
STOPPING_FIRST_WORDS = frozenset({"stop", "stopall", "unsubscribe", "optout", "revoke"})
STOPPING_BEGINNINGS = ("退订", "退訂", "停止")

_CONTACTING = (
    "(texting|txting|calling|messaging|emailing|mailing|contacting|phoning|ringing|writing|sending|harassing|bothering)"
)
_CONTACT = "(text|txt|call|message|email|mail|contact|phone|ring|write|write to|harass|bother|disturb|sms)"
_MESSAGES = "(texts?|txts?|text messages|calls?|phone calls|messages|emails|e mails|letters|sms|reminders|contact)"
_ME = "(me|us|my phone|my number|my mobile|this number|this phone|here)"
_CLOSING = "( again| any more| anymore| ever| ever again| please| thanks| thank you| now| immediately| at all| ok)*$"
_WHICH = "( all| any| these| those| your| the| with| more| of| me| sending| further)*"
_NOT = "(dont|do not|never|please dont|must not|may not|should not|cannot|can not)"
_UNWILLING = "(dont|do not|never|no longer)"
_OPENING = "^((hi|hello|hey|sorry|please|but|yes|no|look|listen|sir|madam|actually|again|as i said) )*"
_DEBT = "(debt|bill|account|loan|balance|invoice|card|money)"

# Found anywhere in a sentence. "Any reasonable means" revokes consent (47 CFR 64.1200(a)(10)(ii)).
_STOP_ENGLISH = (
    rf"\b(stop|quit|cease) {_CONTACTING}( {_ME}\b|{_CLOSING}|{_WHICH} {_MESSAGES}\b)",
    rf"\b(stop|quit|cease){_WHICH} {_MESSAGES}\b",
    rf"\b{_NOT} (ever )?{_CONTACT} {_ME}{_CLOSING}",
    rf"\b{_NOT} (ever )?send{_WHICH} {_MESSAGES}{_CLOSING}",
    rf"\b{_UNWILLING} (want|wish) (you to {_CONTACT} {_ME}|to (be contacted|hear from you)){_CLOSING}",
    rf"\b{_UNWILLING} (want|wish)( to (get|receive))?{_WHICH} {_MESSAGES}( from you)?{_CLOSING}",
    rf"\b(dont|do not) have my (consent|permission) to {_CONTACT} {_ME}{_CLOSING}",
    rf"\b{_UNWILLING} (consent|agree) to( (being|be) (contacted|called|texted)|{_WHICH} {_MESSAGES}){_CLOSING}",
    rf"\b{_CONTACT} {_ME} no (more|longer)\b",
    rf"^(please |pls )?no more {_MESSAGES}{_CLOSING}",
    rf"^(please|pls|plz|kindly|just) stop( it| this| that| already)*{_CLOSING}",
    rf"^(stop|unsubscribe|opt out){_CLOSING}",
    rf"\b(told|asked|warned) (you|you guys|you people|you all)( \w+)? to stop{_CLOSING}",
    rf"^(please |pls )?(end|discontinue){_WHICH} {_MESSAGES}{_CLOSING}",
    rf"\b((want|wish|like|need|choose) to (be )?(unsubscribed?|opt(ed)? out)|i ?a?m (opting out|unsubscribing))"
    rf"( from| of)?{_WHICH}( {_MESSAGES})?{_CLOSING}",
    r"\b(revoke|withdraw) (my )?(consent|permission)\b",
    r"\b(unsubscribe me|opt me out|take me off (your|the|this) list|remove (me|my number))\b",
    rf"\b(lose|delete) my number{_CLOSING}",
    rf"\bleave (me|us) alone{_CLOSING}",
    r"\bcease and desist\b|\bcease (all )?(contact|communications?)\b",
)

# "Don't stop texting me" asks for the contrary; "why don't you stop calling me" does not.
_DONT_STOP_ENGLISH = (
    r"(?<!why )(?<!if you )\b(dont|do not|didnt|did not|never|not|wont|will not)"
    r"( (ever|please|you|just|want|wish|need|to|think|should)){0,4} (stop|quit|cease|unsubscribe|opt out)\b"
)
_CONDITIONAL_ENGLISH = (
    r"^(if|why|when|unless|until|they|he|she|we|did|does|do (i|you|we|they))\b(?!.*\b(stop|quit|cease)\b)"
)

_MESSAGES_CHINESE = "(短信|简讯|簡訊|信息|消息|讯息|电话|電話|微信|邮件|郵件|信|函)"
_STOP_CHINESE = (
    "(别|別|不要|请勿|請勿|勿|不许|不准|禁止|停止)(再|继续|繼續|一直|老是|总是|每天|天天)*((给|給|跟|向|对|和)(我|我们|本人))?(再)?"
    "(发送|發送|发|發|打来|拨打|撥打|打|寄|联系|聯繫|联络|骚扰|騷擾|打扰|打擾|致电|推送|传|傳|烦|煩)"
    "(我|我们|本人|任何|这些|这种|催款|催收|骚扰|垃圾|来|了)*(短信|简讯|簡訊|信息|消息|讯息|电话|電話|微信|邮件|郵件|信|函)?"
    "((给|給)(我|我们|本人))?(来|了|啦|吧|好吗|谢谢|謝謝)*$",
    "(不想|不愿|不愿意|不要|不希望|拒绝|拒絕)(再|继续)*(收到|接到|接收|接|收)(你们|您们|的|任何|这些|这种|催款|催收|骚扰|垃圾)*"
    f"{_MESSAGES_CHINESE}(了|啦)?$",
    "(我)?(撤回|撤销|收回|取消)(我的|对你们的)?(同意|授权)$",
    "^(请|請)?(我)?(要|想|要求|请求|申请)?(退订|退訂|取消订阅|拒收)(短信|简讯|簡訊|信息|消息)?(了|吧)?$",
    "(?<!不要)(?<!别)(?<!別)(把|将|將)我(的)?(号码|電話|电话|手机号)?(从|從)(你们|你們)?(的)?(名单|名單|列表|通讯录)(里|裡|中|上)?(删|刪|移除|去掉|去除)",
    "^(请|請)?(删除|删掉|刪除)我的(号码|电话|手机号|联系方式)(吧|了)?$",
)
_DONT_STOP_CHINESE = "(不要|别|別|请勿|不用|不必|无需|没有|没让你们|未)(再|要)?(停|退订|退訂|取消)"

_DISPUTE_ENGLISH = (
    rf"{_OPENING}(this|that|it)( {_DEBT})? (is not|isnt|was not|wasnt) (mine|my {_DEBT}|our {_DEBT})( at all)?$",
    rf"{_OPENING}(this|that|the) {_DEBT} (does not|doesnt) belong to me$",
    rf"{_OPENING}not my {_DEBT}$",
    rf"{_OPENING}i (do not|dont|never|didnt|did not) (owe|owed)( you)?"
    rf"( this| that| it| any| anything| the| a| my| {_DEBT})*( to you| to anyone| at all)?$",
    rf"{_OPENING}i (do not|dont) have (a|any|this) (debt|loan|account)( with you)?$",
    rf"{_OPENING}i (want to |wish to |would like to |am going to )?(dispute|contest)"
    rf"( this| that| the| your| it| {_DEBT})*$",
    rf"{_OPENING}i am disputing( this| that| the| it| {_DEBT})*$",
    rf"{_OPENING}(this|that|the) {_DEBT} is (disputed|wrong|in dispute)$",
    rf"{_OPENING}(this|that|the|your) (amount|sum|figure|balance) is (wrong|incorrect|not right|not correct|disputed)$",
    rf"{_OPENING}((you have|you have got|youve got|you got|this is) )?(the |a )?wrong (person|number)$",
    rf"{_OPENING}i (do not|dont) (recognise|recognize|know) (this|that|the) {_DEBT}$",
    rf"{_OPENING}(this is |i am a victim of )?identity theft$",
)
_DEBT_CHINESE = "(债务|債務|欠款|借款|贷款|貸款|账单|账|债|钱|錢|款)"
_DISPUTE_CHINESE = (
    "^(你好|您好)?(我|我们|本人)?(根本|从来|并|也|都|就)*(没有|沒有|没|沒|不|未|从未|未曾)(欠|借)(过)?(你们|你|任何|什么|这笔|的)*"
    f"{_DEBT_CHINESE}?(啊|呀|的)?$",
    f"^(你好|您好)?(这|這|这个|这笔|這筆|那笔|该笔)?(的)?{_DEBT_CHINESE}?(不是|并不是|并非|不属于)(我|本人)(的|欠的|借的){_DEBT_CHINESE}?(啊)?$",
    "^(你好|您好)?(你|您|你们|您们)?(打错|找错|发错)(人|电话|号码)?(了|啦)?$",
    "^(你好|您好)?(这个|这|账单|账单的|欠款|欠款的)?(金额|数额|數額|金額)(不对|不對|有误|有誤|错了|错误|不正确)(啊|吧)?$",
    f"^(你好|您好)?(我|本人)?(对|对于)?(这|此|该)?(笔|个)?{_DEBT_CHINESE}?(有异议|提出异议|有争议|表示异议|存在争议)$",
)

_TRULY = "( really| simply| just| still| hereby)*"
_I_AM = rf"(i am|im|we are|were){_TRULY}"
_I_WILL_NOT = (
    rf"((i|we){_TRULY} (wont|will not|will never|shall not|refuse to|(do not|dont) intend to|have no intention of)"
    rf"|{_I_AM} ((not|never) (going|willing|prepared) to|unwilling to|refusing to)|(ill|well) never)"
)
_TO_YOU = "(you|you guys|you people|back|to you|to you guys|to you people|to anyone|to anybody)"
_NOTHING = "(anything|any money|any of (this|that|it)|(a|one) (single )?(penny|cent|dime|thing))"
_WHAT = rf"( {_TO_YOU}| {_NOTHING}| (this|that|it|these|the|my|your)| {_DEBT})*"
_FLATLY = (
    "( at all| ever| anymore| any more| period| sorry| thanks| thank you)*"
    "( because .*| (and|so) (i|we|you|do not|dont|never|please|stop|leave|go) .*)?$"
)
_SAYING_AGAIN = rf"{_OPENING}((i|we) (have |already )*told you( already| before)?( that)? )?"
_REFUSAL_ENGLISH = (
    rf"{_SAYING_AGAIN}{_I_WILL_NOT} (ever )?(pay|repay|be paying|paying){_WHAT}{_FLATLY}",
    rf"{_SAYING_AGAIN}{_I_AM} (not|never) paying{_WHAT}{_FLATLY}",
    rf"{_SAYING_AGAIN}{_I_WILL_NOT} (ever )?(make|making|send|sending)( you)? any( more| further)? payments?{_FLATLY}",
    rf"{_SAYING_AGAIN}{_I_WILL_NOT} (ever )?(give|giving|send|sending)( {_TO_YOU})* {_NOTHING}{_FLATLY}",
    rf"{_SAYING_AGAIN}(i|we){_TRULY} refuse (payment|repayment)( of)?{_WHAT}{_FLATLY}",
    rf"{_OPENING}(you (will not|wont|will never)|youll never) (get|see|receive) {_NOTHING} (from|out of) (me|us)"
    rf"{_FLATLY}",
)
# What would be paid in another case, or later, is not refused; nor is what is only asked about.
_ON_CONDITION_ENGLISH = (
    r"\b(if|unless|until|till?|before|when|while|without|only|except|however|though|although|instead|first|once"
    r"|otherwise|as long as|yet|today|tomorrow|right now|for now|at the moment|(this|next) (week|month|year))\b"
)
_I_CHINESE = "^(你好|您好)?(我|我们|我們|本人)"
_FIRMLY_CHINESE = "(绝对|絕對|绝|絕|决|決|永远|永遠|坚决|堅決)"
_REPAY_CHINESE = "(偿还|償還|归还|歸還|支付|还|還|付|缴)"
_YOU_CHINESE = "(你们|你們|您们|你|您)"
_WHAT_CHINESE = f"(给|給)?{_YOU_CHINESE}?(的)?(这|這|那|该|任何|一)?(笔|筆|分|毛)?{_DEBT_CHINESE}?(的|了|啦|啊|呀)*$"
# 不会还款 alone can also mean that somebody does not know how to pay.
_REFUSAL_CHINESE = (
    f"^(你好|您好)?(我|我们|我們|本人)?(再次|明确|郑重|{_FIRMLY_CHINESE})*(拒绝|拒絕|拒不){_REPAY_CHINESE}{_WHAT_CHINESE}",
    f"{_I_CHINESE}(就是|就|偏|根本|是|{_FIRMLY_CHINESE})*(不|不愿|不愿意|不願意|不打算|不准备|没打算|没有打算)(再)?"
    f"{_REPAY_CHINESE}{_WHAT_CHINESE}",
    f"{_I_CHINESE}(就|是|肯定)*(不会|不會){_REPAY_CHINESE}{_DEBT_CHINESE}?(给|給)?{_YOU_CHINESE}?{_DEBT_CHINESE}?的(啦|啊)?$",
    f"{_I_CHINESE}({_FIRMLY_CHINESE}(不会|不會)(再)?|(不会|不會)再){_REPAY_CHINESE}{_WHAT_CHINESE}",
    f"{_I_CHINESE}(不会|不會)(再)?{_REPAY_CHINESE}(给|給)?{_YOU_CHINESE}(一分|一毛)?(钱|錢)?(的|了)?$",
    f"^(我|我们|我們|本人)?(一分|一毛)(钱|錢)?(也|都)(不|不会|不會)(再)?(还|還|付|给|給){_YOU_CHINESE}?(的|了|啦)*$",
)
_ON_CONDITION_CHINESE = (
    "除非|如果|要是|假如|若|否则|直到|之前|以前|只要|只有|先(?!生)|等|的话|才",
    "暂时|目前|现在|今天|明天|这个月|本月|吗|嗎|怎么|怎樣|怎样",
)

_PAID_WHAT = (
    rf"( it| this| that| them| you guys| you| everything| all| off| in full| full| amount| my| the| {_DEBT}| already"
    r"| today| yesterday| last week| last month| this morning| this week"
    r"| on (mon|tues|wednes|thurs|fri|satur|sun)day)*$"
)
_ALREADY_PAID_ENGLISH = (
    rf"{_OPENING}(i|we|ive|weve|i have|we have) (already |just )?(paid|settled){_PAID_WHAT}",
    rf"{_OPENING}(it|this|that|(this|that|the|my) {_DEBT}) (is|was|has been|has already been|was already|is already) "
    rf"(paid|settled){_PAID_WHAT}",
    rf"{_OPENING}(already|just) (paid|settled){_PAID_WHAT}",
    rf"{_OPENING}(i|we|ive|weve|i have|we have) (already |just )*(sent|made|transferred) (the|my|a|full) payment"
    rf"{_PAID_WHAT}",
    rf"{_OPENING}(the |my )?(full )?payment (was|has been|has already been) (made|sent){_PAID_WHAT}",
    rf"{_OPENING}its (been |already )*(paid|settled){_PAID_WHAT}",
)
_PAID_CHINESE = "(还清|還清|付清|结清|结清了|缴清|还完|还款|付款|还钱|转账|轉帳|汇款|打款|还|還|付|支付|缴)"
_WHEN_CHINESE = "(昨天|今天|前天|上周|上个月|早就|早|刚刚|刚才|刚|全部|全|都)*"
_ALREADY_PAID_CHINESE = (
    f"^(你好|您好)?(我|我们|本人)?(这笔|把)?(的)?{_DEBT_CHINESE}?(我)?{_WHEN_CHINESE}(已经|已經|已){_WHEN_CHINESE}{_PAID_CHINESE}"
    f"{_DEBT_CHINESE}?(了|啦|过了)?$",
    f"^(你好|您好)?(我|我们|本人)?(这笔|把)?(的)?{_DEBT_CHINESE}?(我)?{_WHEN_CHINESE}{_PAID_CHINESE}{_DEBT_CHINESE}?(了|啦|过了)$",
)

_START_ENGLISH = (
    rf"^(please |you can |you may |ok )*(start|resume|restart) {_CONTACTING}( {_ME})?{_CLOSING}",
    rf"^(please |ok )*(start|resume|restart)( the| your| my)? {_MESSAGES}{_CLOSING}",
    rf"^(you can|you may|please) (text|call|message|email|contact) {_ME} again$",
    r"^(please )?(resubscribe|subscribe|opt|sign)( me)?( in| up| again)*( please)?$",
)
_START_CHINESE = f"^(请|可以|麻烦)*(重新|继续|恢复)(给我)?(发送|发|订阅|接收)?{_MESSAGES_CHINESE}?(了|吧)?$"

_HELP_ENGLISH = (
    r"^((please|can you|could you|can someone|i need|i want|need|some) )*(help|assistance|more information)"
    r"( me| us| please| now)*$",
    r"^(who (is|are) (this|you)|whos this|what is this( about)?|whats this( about)?)$",
)
_HELP_CHINESE = (
    "^(请|我)?(需要|请求|请)?(帮助|幫助|帮忙|帮帮)(我|一下|我一下)?$|^(请问)?(你|您|你们|您们)是(谁|哪位|什么人|哪里)$"
)


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


STOP = _any_of(*_STOP_ENGLISH), _any_of(*_STOP_CHINESE)
"""Consent revoked. Each pair is for words with spaces, and for the same sentence without them."""

NOT_STOP = _any_of(_DONT_STOP_ENGLISH, _CONDITIONAL_ENGLISH), _any_of(_DONT_STOP_CHINESE)
"""A sentence in which a stop is denied, asked about, or told of others."""

REFUSED_MEDIA: Mapping[re.Pattern[str], tuple[Channel, ...]] = {
    re.compile(r"\b(call|phone|ring)(s|ed|ing)?\b|\bphoning\b|电话|電話|致电|拨打|撥打|打(?!扰|擾)"): (Channel.VOICE,),
    re.compile(r"\bte?xt(s|ed|ing)?\b|\bsms\b|短信|简讯|簡訊"): (Channel.SMS,),
    re.compile(r"\be ?mail(s|ed|ing)?\b|邮件|郵件"): (Channel.EMAIL,),
    re.compile(r"\bletters?\b|(?<!e )\bmail(ing)?\b|信函|寄"): (Channel.LETTER,),
    re.compile(
        r"\b(contact(ed|ing)?|communications?|hear from you|leave (me|us) alone|cease and desist)\b"
        r"|\b(harass|bother|disturb)(ing)?\b|联系|聯繫|联络|骚扰|騷擾|打扰|打擾|烦|煩"
    ): tuple(Channel),
}
"""What a stop is about: "stop calling me" in a text message refuses calls, too, and "do not contact me" everything."""

ONLY_THEN_OR_THERE = re.compile(r"\b(at|before|after|until|during)\b(?! all\b)")
"""A stop with one of these is about some time or place: it is not taken for a refusal of further channels."""

STATEMENTS = {
    ReplyIntent.DISPUTE: (_any_of(*_DISPUTE_ENGLISH), _any_of(*_DISPUTE_CHINESE)),
    ReplyIntent.ALREADY_PAID: (_any_of(*_ALREADY_PAID_ENGLISH), _any_of(*_ALREADY_PAID_CHINESE)),
}
"""Sentences that say something of the debt. Asked as a question they say nothing."""

REFUSAL_TO_PAY = _any_of(*_REFUSAL_ENGLISH), _any_of(*_REFUSAL_CHINESE)
"""That they will not pay (12 CFR 1006.6(c)(1)), which can be said beside anything else."""

ON_CONDITION = _any_of(_ON_CONDITION_ENGLISH), _any_of(*_ON_CONDITION_CHINESE)
"""Found in a sentence, up to its full stop, that refuses nothing flatly."""

REQUESTS = {
    ReplyIntent.START: (_any_of(*_START_ENGLISH), _any_of(_START_CHINESE)),
    ReplyIntent.HELP: (_any_of(*_HELP_ENGLISH), _any_of(_HELP_CHINESE)),
}
"""Sentences that mean this only when nothing else is said."""
