"""The web console: files built into api/static, index.html for every page. Public: it holds no data."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

from api.house import TheHouse

router = APIRouter(include_in_schema=False)

FOR_EVER = "public, max-age=31536000, immutable"  # the build names assets by their content
NOT_BUILT = "The console is not built: run `make console`. The API answers under /api/v1."


@router.get("/{path:path}")
def show_console(house: TheHouse, path: str) -> Response:
    """Answer a built file, or index.html so that a page's address can be opened directly."""
    if path.startswith(("api/", "problems/")) or path == "api":
        raise HTTPException(404, "There is nothing at this address.")
    root = house.static.resolve()
    wanted = (root / path).resolve()
    if wanted.is_relative_to(root) and wanted.is_file():
        return FileResponse(wanted, headers={"Cache-Control": _caching(wanted, root)})
    if wanted.suffix:
        raise HTTPException(404, "There is no such file.")
    index = root / "index.html"
    if not index.is_file():
        return PlainTextResponse(NOT_BUILT, 503)
    return FileResponse(index, headers={"Cache-Control": "no-cache"})


def _caching(file: Path, root: Path) -> str:
    return FOR_EVER if file.parent == root / "assets" else "no-cache"
