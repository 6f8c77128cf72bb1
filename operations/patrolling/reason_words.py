"""Why a visit is wanted, in Chinese words for paper; the console has its own. Codes: operations/demand."""

from collections.abc import Sequence
from typing import Any

WORDS = {
    "base": "常规巡查",
    "calls": "报警求助多",
    "unvisited": "多日未到",
    "blind": "摄像机失明",
    "place": "重点部位",
    "order": "指令",
}


def reason_words(reasons: Sequence[dict[str, Any]]) -> list[str]:
    """Return a word for each reason, the weightiest first; what only takes points off is left out."""
    told = sorted(
        (one for one in reasons if one.get("priority", 0) > 0), key=lambda one: -float(one["priority"])
    )
    return [_word(one) for one in told]


def _word(reason: dict[str, Any]) -> str:
    code = str(reason.get("code", ""))
    if code == "order" and reason.get("reason"):
        return f"指令：{reason['reason']}"
    if code == "unvisited" and reason.get("days") is not None:
        return f"{reason['days']} 天未到"
    return WORDS.get(code, code)
