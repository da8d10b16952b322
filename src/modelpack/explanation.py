"""Why a bundle is trusted, or is not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from modelpack.errors import ModelpackError, from_core
from modelpack.trust_policy import TrustRule

__all__ = ["Explanation", "RuleFinding", "SignatureFinding"]

_SHORT = 12


@dataclass(frozen=True)
class SignatureFinding:
    """What became of one signature of the bundle.

    Attributes
    ----------
    hint : str
        SHA-256 of the PEM of the key that it names.
    key : str or None
        The policy's name of that key.
    counts : bool
    why : str
        What was found, such as ``verified``.
    """

    hint: str
    key: str | None
    counts: bool
    why: str


@dataclass(frozen=True)
class RuleFinding:
    """The rule that decided.

    Attributes
    ----------
    number : int
        Its place in the policy, from 1.
    rule : TrustRule
    """

    number: int
    rule: TrustRule


@dataclass(frozen=True)
class Explanation:
    """The whole trace of one decision; as text, an account for people.

    Attributes
    ----------
    name, version, identity : str
        What the bundle says it is; believe it where `trusted`.
    policy : str
        Where the policy came from, or what stands in its place.
    rule : RuleFinding or None
        The first rule that matched the name; None where none did.
    signatures : tuple of SignatureFinding
    engines : tuple of str
        Engines that may run.
    trusted : bool
        Whether `modelpack.open` with the same arguments succeeds, as far as trust decides.
    verified : bool
        Whether a rule was met; False under `modelpack.UNSIGNED`.
    error : ModelpackError or None
        Why it is refused.
    """

    name: str
    version: str
    identity: str
    policy: str
    rule: RuleFinding | None
    signatures: tuple[SignatureFinding, ...]
    engines: tuple[str, ...]
    trusted: bool
    verified: bool
    error: ModelpackError | None

    @classmethod
    def from_json(cls, text: str) -> Explanation:
        """From the core's report."""
        content = json.loads(text)
        rule = content["rule"]
        return cls(
            name=content["bundle"]["name"],
            version=content["bundle"]["version"],
            identity=content["bundle"]["identity"],
            policy=content["policy"],
            rule=None if rule is None else RuleFinding(rule["number"], TrustRule.from_json(rule)),
            signatures=tuple(SignatureFinding(**signature) for signature in content["signatures"]),
            engines=tuple(content["engines"]),
            trusted=content["trusted"],
            verified=content["verified"],
            error=_error(content["error"]),
        )

    def __str__(self) -> str:
        return "\n".join([self.decision, *(f"  {title:<11}{text}" for title, text in self.lines())])

    @property
    def decision(self) -> str:
        """One line: what the bundle is, and whether it is trusted."""
        state = ("verified" if self.verified else "not verified") if self.trusted else "not trusted"
        return f"{self.name} {self.version}: {state}"

    def lines(self) -> list[tuple[str, str]]:
        """Titles and texts of what was found, in the order in which it was asked."""
        found = [("identity", self.identity), ("policy", self.policy), ("rule", self.rule_text)]
        for signature in self.signatures:
            key = f"{signature.key} ({signature.hint[:_SHORT]})" if signature.key else signature.hint[:_SHORT]
            found.append(("signature", f"{key}: {signature.why}"))
        if not self.signatures:
            found.append(("signature", "none"))
        if self.trusted:
            found.append(("engines", ", ".join(self.engines)))
        if self.error is not None:
            found.append(("refused", str(self.error)))
        return found

    @property
    def rule_text(self) -> str:
        """The rule that decided, on one line."""
        if self.rule is None:
            return "none decides"
        rule = self.rule.rule
        of = f"{rule.threshold} of {', '.join(rule.keys)}"
        return "; ".join([f"{self.rule.number}, bundle {rule.bundle}: {of}", *rule.bounds()])


def _error(fields: dict[str, Any] | None) -> ModelpackError | None:
    if fields is None:
        return None
    message, hint = fields["message"], fields["hint"]
    return from_core(fields["code"], f"{message}; {hint}" if hint else message, hint=hint)
