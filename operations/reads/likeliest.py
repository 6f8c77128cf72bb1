"""The likeliest texts when every position is chosen for itself: exact, and quick. Knows no plates."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST = 300


@dataclass(frozen=True, slots=True)
class Choice:
    """What one position can be. best: the likeliest, with its chance.

    others: the other ones, as their share of the best's chance, falling.
    """

    best: str
    chance: float
    others: tuple[tuple[float, str], ...]

    @classmethod
    def of(cls, chances: dict[str, float]) -> "Choice":
        """Return the choice among characters with these chances."""
        ranked = sorted(((chance, char) for char, chance in chances.items() if chance > 0), reverse=True)
        (most, best), *others = ranked
        return cls(best, most, tuple((chance / most, char) for chance, char in others))


def likeliest(choices: Sequence[Choice], factor: float, least: float, most: int = MOST) -> dict[str, float]:
    """Return every text whose chances times `factor` reach `least`; of more than `most`, the likeliest."""
    chance = factor
    for choice in choices:
        chance *= choice.chance
    if chance < least:
        return {}
    text = "".join(choice.best for choice in choices)
    found = _Found(tuple(choice.others for choice in choices), least, most, {text: chance})
    found.vary(chance, 0, text)
    return found.cut()


@dataclass(slots=True)
class _Found:
    """The texts found so far; `least` rises to the last of the `most` likeliest as they are found."""

    others: tuple[tuple[tuple[float, str], ...], ...]
    least: float
    most: int
    texts: dict[str, float]

    def vary(self, chance: float, first: int, text: str) -> None:
        """Add every text that differs from this one only from position `first` on."""
        for place in range(first, len(self.others)):
            for share, char in self.others[place]:
                varied = chance * share
                if varied < self.least:
                    break
                other = text[:place] + char + text[place + 1 :]
                self.texts[other] = varied
                if len(self.texts) > 4 * self.most:
                    self.texts = self.cut()
                    self.least = min(self.texts.values())
                self.vary(varied, place + 1, other)

    def cut(self) -> dict[str, float]:
        """Return the `most` likeliest."""
        if len(self.texts) <= self.most:
            return self.texts
        ranked = sorted(self.texts.items(), key=lambda item: -item[1])
        return dict(ranked[: self.most])
