"""Every field of both languages has its description: the docstring below it."""

from __future__ import annotations

import pytest

from tests.docs.reference_tables import LANGUAGE_MODELS
from topogen.language.descriptions import descriptions

KEYS = {
    f"{name}.{held.alias or field}": model
    for name, model in LANGUAGE_MODELS.items()
    for field, held in model.model_fields.items()
}


@pytest.mark.parametrize("key", KEYS)
def test_every_field_has_a_description(key: str) -> None:
    text = descriptions(KEYS[key]).get(key.partition(".")[2], "")
    assert text, f"{key}: write a docstring below the field"
    assert "\n" not in text, f"{key}: one line"


def test_inherited_fields_keep_their_description() -> None:
    wafer = descriptions(LANGUAGE_MODELS["WaferEntry"])
    assert set(descriptions(LANGUAGE_MODELS["Sourced"])) < set(wafer)
