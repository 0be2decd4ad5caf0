"""Published worked examples of every measure, read from beside the repository."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.agreement.adapter import MEASURES, compute

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "agreement"
FILES = sorted(FOLDER.glob("*vectors.json")) if FOLDER.is_dir() else []
VECTORS = [vector for file in FILES for vector in json.loads(file.read_text())["vectors"]]
BY_ID = {vector["id"]: vector for vector in VECTORS}


def checker() -> ModuleType:
    """Return the module that says when two answers are the same."""
    spec = importlib.util.spec_from_file_location("check", FOLDER / "check.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def given_of(vector: dict[str, Any]) -> Any:
    """Return the input of a vector, which may be that of another."""
    reference = vector["input"].get("$ref")
    return vector["input"] if reference is None else BY_ID[reference]["input"]


def tolerance(vector: dict[str, Any], key: str) -> float:
    """Return how far a number may be off: gamma is sampled and has its own."""
    own = vector["params"].get("gamma_tolerance") if key == "gamma" else None
    return float(vector["tolerance"] if own is None else own)


@pytest.mark.skipif(not VECTORS, reason="the shared agreement vectors are not here")
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_published_value(vector: dict[str, Any]) -> None:
    """The measure gives what its source prints."""
    answer = compute(vector["measure"], given_of(vector), vector["params"])
    close = checker().close
    missed = {
        key: (answer.get(key), value)
        for key, value in vector["expected"].items()
        if not close(answer.get(key), value, tolerance(vector, key))
    }
    assert missed == {}


@pytest.mark.skipif(not VECTORS, reason="the shared agreement vectors are not here")
def test_every_measure_has_a_vector() -> None:
    """The adapter offers nothing that no published example proves."""
    assert set(MEASURES) == {vector["measure"] for vector in VECTORS}
