"""The canonical form of reviewed data and its digest."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from domain.policy import Policy


def digest_of(content: Any) -> str:
    """SHA-256, in hex, of the canonical JSON: sorted keys, no spaces, UTF-8."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def policy_digest(policy: Policy) -> str:
    """What a policy says, as a digest.

    Its status is left out, since retiring a policy must not change it for the cases that go on under it. Values that
    equal their default are left out too, so that a key which policies gain later leaves the old digests as they are; a
    default may therefore never change.
    """
    return digest_of(policy.model_dump(mode="json", exclude={"status"}, exclude_defaults=True))
