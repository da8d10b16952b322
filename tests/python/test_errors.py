"""Errors: the classes that users catch, what they carry, and that they survive a pickle."""

from __future__ import annotations

import pickle

import pytest

import modelpack
from modelpack._codes import CODES
from modelpack.errors import from_core

MADE = [
    modelpack.InputError("'hour' is text", feature="hour", row=3, hint="cast it"),
    modelpack.UnsupportedModelError("prep.num.power", "PowerTransformer", "use StandardScaler"),
    modelpack.MismatchError("margin differs", row=0),
    modelpack.TrustError("no policy", name="WRONG_NAME"),
    modelpack.FormatError("cut short", name="TRUNCATED"),
    modelpack.ClosedError("closed"),
    modelpack.UsageError("wrong"),
    modelpack.IoError("disk full"),
    modelpack.NotFoundError("no such file"),
    modelpack.InternalError("a defect"),
]


@pytest.mark.parametrize("error", MADE, ids=lambda error: type(error).__name__)
def test_survives_a_pickle(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


@pytest.mark.parametrize(
    ("cls", "built_in"),
    [
        (modelpack.InputError, ValueError),
        (modelpack.UnsupportedModelError, TypeError),
        (modelpack.FormatError, ValueError),
        (modelpack.ClosedError, RuntimeError),
        (modelpack.UsageError, ValueError),
        (modelpack.IoError, OSError),
        (modelpack.NotFoundError, FileNotFoundError),
    ],
)
def test_derives_from_the_built_in_that_users_expect(cls, built_in):
    assert issubclass(cls, built_in)
    assert issubclass(cls, modelpack.ModelpackError)


def test_reads_as_row_message_and_way_out():
    assert str(MADE[0]) == "row 3: 'hour' is text; cast it"
    assert (MADE[0].feature, MADE[0].row, MADE[0].hint) == ("hour", 3, "cast it")
    assert str(MADE[1]) == "prep.num.power: PowerTransformer; use StandardScaler"
    assert MADE[1].step == "prep.num.power"


@pytest.mark.parametrize("code", CODES)
def test_every_code_of_the_core_has_a_class(code):
    name, kind = CODES[code]
    error = from_core(code, "what happened", feature="x", row=2)
    assert (error.code, error.name) == (code, name)
    assert type(error).__name__ == "".join(part.title() for part in kind.split("_")) + "Error"
    assert pickle.loads(pickle.dumps(error)).name == name


def test_the_number_belongs_to_the_name():
    for number, (name, _) in CODES.items():
        assert modelpack.ModelpackError("x", name=name).code == number
