"""What Temporal keeps is opened by the right key alone, and shown to those who may see it alone."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import jwt
import pytest
from aiohttp import ClientSession, web
from cryptography.hazmat.primitives.asymmetric import ec
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm
from temporalio.api.common.v1 import Payload, Payloads

from runtime.codec_server import Doorkeeper, SharedToken, SignedTokens, codec_application, serving
from runtime.payload_codec import DamagedPayload, EncryptingCodec, UnknownKey, read_keys

OLD, NEW, OTHER = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2, 3))
BEFORE = EncryptingCodec(read_keys(f"old:{OLD}"))
AFTER = EncryptingCodec(read_keys(f"new:{NEW},old:{OLD}"))
TOKEN = "a-token-of-the-tests"
ORIGIN = "https://temporal.example.com"

payloads = st.builds(
    Payload, metadata=st.dictionaries(st.text(max_size=9), st.binary(max_size=9), max_size=3), data=st.binary()
).filter(lambda payload: payload.metadata.get("encoding") != b"binary/encrypted")


def amount() -> Payload:
    return Payload(metadata={"encoding": b"json/plain"}, data=b'{"amount": "250.00"}')


@given(st.lists(payloads, max_size=3))
async def test_what_is_encrypted_comes_back_and_shows_nothing(given_payloads: list[Payload]) -> None:
    sealed = await BEFORE.encode(given_payloads)

    assert await BEFORE.decode(sealed) == given_payloads
    for payload, hidden in zip(given_payloads, sealed, strict=True):
        assert len(payload.data) < 8 or payload.data not in hidden.data


async def test_one_payload_is_never_encrypted_alike_twice() -> None:
    first, second = await BEFORE.encode([amount(), amount()])

    assert first.data != second.data


async def test_after_a_rotation_old_payloads_are_read_and_new_ones_take_the_new_key() -> None:
    old = await BEFORE.encode([amount()])
    new = await AFTER.encode([amount()])

    assert await AFTER.decode([*old, *new]) == [amount(), amount()]
    with pytest.raises(UnknownKey, match="'new'"):
        await BEFORE.decode(new)


async def test_what_was_written_before_encryption_is_read_as_it_is() -> None:
    assert await AFTER.decode([amount()]) == [amount()]


@given(st.data())
async def test_a_payload_that_was_tampered_with_does_not_open(data: st.DataObject) -> None:
    (sealed,) = await AFTER.encode([amount()])
    place = data.draw(st.integers(0, len(sealed.data) - 1))
    flipped = bytearray(sealed.data)
    flipped[place] ^= data.draw(st.integers(1, 255))

    with pytest.raises(DamagedPayload):
        await AFTER.decode([Payload(metadata=dict(sealed.metadata), data=bytes(flipped))])


async def test_a_payload_does_not_open_under_the_name_of_another_key() -> None:
    (sealed,) = await BEFORE.encode([amount()])
    renamed = Payload(metadata=dict(sealed.metadata) | {"encryption-key-id": b"new"}, data=sealed.data)

    with pytest.raises(DamagedPayload):
        await AFTER.decode([renamed])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "NAME:BASE64"),
        (OLD, "is not base64|NAME:BASE64"),
        (f"old:{OLD}x", "not base64"),
        (f"old:{OLD[:8]}", "32 bytes"),
        (f"a:{OLD},a:{NEW}", "twice"),
        (f"a b:{OLD}", "NAME:BASE64"),
    ],
)
def test_keys_that_cannot_be_used_are_refused_without_being_repeated(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refusal:
        read_keys(text)
    assert OLD[:8] not in str(refusal.value)


def test_a_key_shows_its_name_alone() -> None:
    assert repr(read_keys(f"old:{OLD}")) == "(PayloadKey('old'),)"


async def asked(
    path: str, body: bytes, doorkeeper: Doorkeeper, *, token: str | None = TOKEN
) -> tuple[int, bytes, dict[str, str]]:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    application = codec_application(AFTER, doorkeeper, ORIGIN)
    async with (
        serving(application, "127.0.0.1", 0) as port,
        ClientSession() as session,
        session.post(f"http://127.0.0.1:{port}{path}", data=body, headers=headers) as answer,
    ):
        return answer.status, await answer.read(), dict(answer.headers)


def as_json(*items: Payload) -> bytes:
    return json_format.MessageToJson(Payloads(payloads=items)).encode()


async def test_the_codec_server_decodes_for_who_knows_the_token() -> None:
    sealed = as_json(*await AFTER.encode([amount()]))

    status, body, headers = await asked("/decode", sealed, SharedToken(TOKEN))

    assert status == 200
    assert list(json_format.Parse(body, Payloads()).payloads) == [amount()]
    assert headers["Access-Control-Allow-Origin"] == ORIGIN
    assert headers["Cache-Control"] == "no-store"


async def test_what_it_encodes_it_decodes() -> None:
    _, sealed, _ = await asked("/encode", as_json(amount()), SharedToken(TOKEN))
    _, opened, _ = await asked("/decode", sealed, SharedToken(TOKEN))

    assert b"250.00" not in base64.b64decode(json.loads(sealed)["payloads"][0]["data"])
    assert list(json_format.Parse(opened, Payloads()).payloads) == [amount()]


@pytest.mark.parametrize("token", [None, "", "another-token", TOKEN + "x", "Bearer " + TOKEN])
async def test_nobody_else_gets_anything(token: str | None) -> None:
    sealed = as_json(*await AFTER.encode([amount()]))

    status, body, _ = await asked("/decode", sealed, SharedToken(TOKEN), token=token)

    assert (status, b"250" in body) == (401, False)


@pytest.mark.parametrize(("body", "expected"), [(b"{", 400), (b'{"payloads": [{"data": 3}]}', 400)])
async def test_what_is_no_payload_is_refused(body: bytes, expected: int) -> None:
    status, _, _ = await asked("/decode", body, SharedToken(TOKEN))

    assert status == expected


async def test_a_payload_of_an_unknown_key_is_named_as_such() -> None:
    sealed = as_json(*await EncryptingCodec(read_keys(f"lost:{OTHER}")).encode([amount()]))

    status, body, _ = await asked("/decode", sealed, SharedToken(TOKEN))

    assert (status, b"'lost'" in body) == (422, True)


PRIVATE = ec.generate_private_key(ec.SECP256R1())
FORGED = ec.generate_private_key(ec.SECP256R1())
CLAIMS: dict[str, Any] = {"iss": "https://login.example.com", "aud": "dunlin-codec", "sub": "staff-7"}


async def published_keys(request: web.Request) -> web.Response:
    key = json.loads(ECAlgorithm.to_jwk(PRIVATE.public_key()))
    return web.json_response({"keys": [key | {"kid": "1", "use": "sig", "alg": "ES256"}]})


def signed(by: Any = PRIVATE, minutes: int = 5, **other: Any) -> str:
    expires = datetime.now(UTC) + timedelta(minutes=minutes)
    return jwt.encode(CLAIMS | {"exp": expires} | other, by, algorithm="ES256", headers={"kid": "1"})


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (signed, 200),
        (partial(signed, FORGED), 401),
        (partial(signed, minutes=-5), 401),
        (partial(signed, aud="another-service"), 401),
        (partial(signed, iss="https://elsewhere.example.com"), 401),
        (partial(jwt.encode, CLAIMS, "", algorithm="none"), 401),
        (lambda: "no-token-at-all", 401),
    ],
    ids=["good", "forged", "expired", "other audience", "other issuer", "unsigned", "junk"],
)
async def test_tokens_of_the_identity_provider_are_verified(made: Callable[[], str], expected: int) -> None:
    provider = web.Application()
    provider.router.add_get("/keys", published_keys)
    async with serving(provider, "127.0.0.1", 0) as port:
        doorkeeper = SignedTokens(f"http://127.0.0.1:{port}/keys", CLAIMS["iss"], CLAIMS["aud"])
        status, _, _ = await asked("/decode", as_json(amount()), doorkeeper, token=made())

    assert status == expected
