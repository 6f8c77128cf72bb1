"""Demo logins: shown on the sign-in page of a demo. It is there only with DEMO=1, never in production."""

import json

from fastapi import APIRouter

from api.house import TheHouse
from api.shapes.people import DemoLogin, DemoLoginList

router = APIRouter(tags=["demo"])


@router.get("/demo/logins", summary="Logins of the demo")
def list_demo_logins(house: TheHouse) -> DemoLoginList:
    """Answer one login per role; empty when the file is gone, and 404 where this is no demo."""
    kept = house.data_dir / "first-logins.json"
    if not kept.exists():
        return DemoLoginList(items=[])
    return DemoLoginList(items=[DemoLogin(**item) for item in json.loads(kept.read_text())["items"]])
