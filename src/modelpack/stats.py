"""What a predictor has met since it was made."""

from __future__ import annotations

from dataclasses import dataclass

from modelpack._core import Handle, lib, new_error, raise_error, struct

__all__ = ["FeatureStats", "feature_stats"]


@dataclass(frozen=True)
class FeatureStats:
    """Counts for one feature.

    Attributes
    ----------
    rows : int
        Rows answered.
    missing : int
        Of those, rows with the feature missing.
    unseen : int
        With a category that training did not see.
    rounded : int
        Rounded to the feature's float32.
    absent : int
        Rows without it, where it is optional.
    """

    rows: int
    missing: int
    unseen: int
    rounded: int
    absent: int


def feature_stats(predictor: Handle, index: int) -> FeatureStats:
    out, error = struct("mp_feature_stats"), new_error()
    code = lib.mp_predictor_stats(predictor, index, out, error)
    if code:
        raise_error(error, code)
    return FeatureStats(out.rows, out.missing, out.unseen, out.rounded, out.absent)
