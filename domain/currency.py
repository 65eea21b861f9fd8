"""ISO 4217 currencies and the number of decimal places (the exponent) of each one's minor unit.

Source: ISO 4217:2015 list one, in force 2026. Metals, test codes and the funds codes in which nobody owes are left out.
"""

from __future__ import annotations

DEFAULT_EXPONENT = 2

_OTHER_EXPONENTS: dict[int, str] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

_EXPONENT_TWO = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP "
    "CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES "
    "KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK "
    "NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB "
    "TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)

EXPONENTS: dict[str, int] = dict.fromkeys(_EXPONENT_TWO.split(), DEFAULT_EXPONENT) | {
    code: exponent for exponent, codes in _OTHER_EXPONENTS.items() for code in codes.split()
}


class UnknownCurrency(ValueError):
    """The code is not an ISO 4217 currency that Dunlin knows. The message doesn't repeat what a sender wrote."""

    def __init__(self, code: str) -> None:
        super().__init__("unknown currency: use an ISO 4217 code in capitals, such as CNY, EUR or USD")
        self.code = code


def exponent_of(code: str) -> int:
    """The decimal places of the currency's minor unit, such as 2 for EUR, 0 for JPY and 3 for KWD.

    Raises UnknownCurrency for a code outside ISO 4217.
    """
    try:
        return EXPONENTS[code]
    except KeyError:
        raise UnknownCurrency(code) from None
