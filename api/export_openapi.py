"""`python -m api.export_openapi`: write api/openapi.json, always the same for one code."""

import json
import sys
from pathlib import Path

from api.app import build_app
from api.house import build_house
from config.settings import Settings
from operations.store import engine_from_url

TARGET = Path(__file__).parent / "openapi.json"


def document() -> str:
    """Return the OpenAPI document as text; nothing is connected to."""
    settings = Settings(_env_file=None, env="development", demo=True, redis_url="redis://unused")  # type: ignore[call-arg]
    app = build_app(build_house(settings, engine_from_url("sqlite:///:memory:")))
    return json.dumps(app.openapi(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main(arguments: list[str]) -> int:
    """Write the document, or with --check say whether the one on disk is in step (exit 1 if not)."""
    text = document()
    if "--check" in arguments:
        in_step = TARGET.exists() and TARGET.read_text(encoding="utf-8") == text
        print("in step" if in_step else "out of step: run python -m api.export_openapi")
        return 0 if in_step else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
