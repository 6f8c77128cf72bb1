"""The OpenAPI document on disk is the one of the code, and says what it must."""

import json

import pytest

from api.export_openapi import TARGET, document

REFUSALS = {"401", "403"}


def test_the_document_is_in_step_with_the_code() -> None:
    assert TARGET.read_text(encoding="utf-8") == document(), "run python -m api.export_openapi"


def test_every_operation_says_who_may_what_it_answers_and_how_it_refuses() -> None:
    for path, operations in json.loads(document())["paths"].items():
        for method, operation in operations.items():
            name = f"{method} {path}"
            assert operation["summary"], name
            assert operation["description"], name
            assert len(operation["tags"]) == 1, name
            assert len(operation["operationId"]) <= 24, name
            if operation.get("security"):
                assert operation["x-roles"], name
                assert set(operation["responses"]) >= REFUSALS, name
            good = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
            assert good, name
            assert all("content" in a for a in good) or "204" in operation["responses"], name


@pytest.mark.parametrize(
    "schema", json.loads(document())["components"]["schemas"].items(), ids=lambda s: s[0]
)
def test_every_field_has_an_example_or_a_type_that_has(schema: tuple[str, dict]) -> None:
    _, described = schema
    for field, about in described.get("properties", {}).items():
        refers = "$ref" in json.dumps(about)
        plain = {"const", "default"} & about.keys()
        assert refers or plain or "examples" in json.dumps(about), field
