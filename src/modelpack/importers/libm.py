"""Elementary functions of the C library in single precision; numpy's vector forms differ in the last bits."""

from __future__ import annotations

import ctypes
import ctypes.util

import numpy as np
import numpy.typing as npt


def logf(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Natural logarithm of each value."""
    function = ctypes.CDLL(ctypes.util.find_library("m") or None).logf
    function.argtypes, function.restype = [ctypes.c_float], ctypes.c_float
    return np.array([function(float(value)) for value in values], dtype=np.float32)
