"""The demo's own key and trust policy: they live in its folder and never enter the user's."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import modelpack
from modelpack import policy_file

KEY = "demo.pem"
POLICY = "trust.json"


class Keys(NamedTuple):
    """A private key, which signs, and a policy, which says what it may sign."""

    private: Path
    policy: Path


def made_in(folder: Path, bundle: str) -> Keys:
    """The key and the policy in `folder`, made if they are not there; the key vouches for bundles of that name."""
    private, policy = folder / KEY, folder / POLICY
    if not private.exists():
        modelpack.keygen(private)
    policy_file.add_key(policy, "demo", private.with_suffix(".pub").read_text(encoding="ascii"), bundle)
    return Keys(private, policy)
