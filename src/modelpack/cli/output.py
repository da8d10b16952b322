"""Results for machines."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def print_json(content: Any) -> None:
    """One JSON document on standard output; numbers that JSON cannot carry (NaN, infinities) as null."""
    print(json.dumps(jsonable(content), ensure_ascii=False, indent=2))


def jsonable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(item) for item in value]
    if isinstance(value, np.generic):
        return jsonable(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
