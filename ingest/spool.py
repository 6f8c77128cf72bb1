"""Spool: sightings kept on disk while Redis cannot take them. Knows nothing of what is in a line."""

import threading
from collections.abc import Callable
from pathlib import Path

LIMIT = 50_000


class Spool:
    """Lines kept in order in one file. Any thread may keep; replaying is safe against keeping."""

    def __init__(self, directory: Path, limit: int = LIMIT) -> None:
        self._file = directory / "sightings.jsonl"
        self._limit = limit
        self._lock = threading.Lock()
        self.dropped = 0
        self._kept = len(self._lines())

    def __len__(self) -> int:
        return self._kept

    def keep(self, line: str) -> None:
        """Append a line; over the limit it is dropped and counted."""
        with self._lock:
            if self._kept >= self._limit:
                self.dropped += 1
                return
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
            self._kept += 1

    def replay(self, publish: Callable[[str], bool]) -> int:
        """Publish the lines in order; keep those for which `publish` says False, and all if it raises."""
        with self._lock:
            if not self._kept:
                return 0
            lines = self._lines()
            stay = [line for line in lines if not publish(line)]
            partial = self._file.with_suffix(".part")
            partial.write_text("".join(line + "\n" for line in stay), encoding="utf-8")
            partial.replace(self._file)
            self._kept = len(stay)
            return len(lines) - len(stay)

    def _lines(self) -> list[str]:
        """Return the whole lines; one that was cut off by a crash is left out."""
        if not self._file.exists():
            return []
        return [line for line in self._file.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
