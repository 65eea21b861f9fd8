"""Encrypts what Temporal keeps of a case, for those who want amounts hidden from whoever can read its database."""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

ENCODING = b"binary/encrypted"
KEY_ID = "encryption-key-id"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_KEY_NAME = re.compile(r"[A-Za-z0-9._-]{1,40}")


class UnknownKey(Exception):
    """A payload was encrypted by a key that is not given."""

    def __init__(self, name: str) -> None:
        super().__init__(f"a payload needs the key {name!r}: add it to DUNLIN_PAYLOAD_KEYS, behind the first")


class DamagedPayload(Exception):
    """A payload is not what was encrypted: changed, cut, or encrypted by another key of the same name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"a payload does not open by the encryption key {name!r}: the key or the payload was changed")


@dataclass(frozen=True, slots=True)
class PayloadKey:
    """A named AES-256 key. Its representation shows the name alone."""

    name: str
    cipher: AESGCM

    def __repr__(self) -> str:
        return f"PayloadKey({self.name!r})"


def read_keys(text: str) -> tuple[PayloadKey, ...]:
    """Read `name:base64,name:base64`. Raises ValueError that repeats nothing of a key."""
    keys: list[PayloadKey] = []
    for part in text.split(","):
        name, _, encoded = part.strip().partition(":")
        if not _KEY_NAME.fullmatch(name):
            raise ValueError("each key is NAME:BASE64, the name of letters, digits, . _ and -")
        if any(key.name == name for key in keys):
            raise ValueError(f"the key name {name} is given twice")
        try:
            secret = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise ValueError(f"the key {name} is not base64") from None
        if len(secret) != _KEY_BYTES:
            raise ValueError(f"the key {name} must be {_KEY_BYTES} bytes long: make one by `openssl rand -base64 32`")
        keys.append(PayloadKey(name, AESGCM(secret)))
    return tuple(keys)


class EncryptingCodec(PayloadCodec):
    """AES-256-GCM with a random nonce for each payload. The first key encrypts, every key decrypts.

    What is not encrypted is passed through, so that cases which began before encryption was turned on go on. The key's
    name is authenticated with the payload. A key may encrypt 2^32 payloads (NIST SP 800-38D, section 8.3): rotate it
    long before.
    """

    def __init__(self, keys: Sequence[PayloadKey]) -> None:
        if not keys:
            raise ValueError("at least one key is needed")
        self._current = keys[0]
        self._by_name = {key.name: key for key in keys}

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt, metadata included."""
        return [self._encrypted(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypt. Raises UnknownKey and DamagedPayload."""
        return [self._decrypted(payload) for payload in payloads]

    def _encrypted(self, payload: Payload) -> Payload:
        name = self._current.name.encode()
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._current.cipher.encrypt(nonce, payload.SerializeToString(), name)
        return Payload(metadata={"encoding": ENCODING, KEY_ID: name}, data=sealed)

    def _decrypted(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        name = payload.metadata.get(KEY_ID, b"")
        key = self._by_name.get(name.decode(errors="replace"))
        if key is None:
            raise UnknownKey(name.decode(errors="replace"))
        nonce, sealed = payload.data[:_NONCE_BYTES], payload.data[_NONCE_BYTES:]
        try:
            return Payload.FromString(key.cipher.decrypt(nonce, sealed, name))
        except (InvalidTag, ValueError):
            raise DamagedPayload(key.name) from None
