"""Stream time: a monotone t_s from whatever timestamps come, and which frames are looked at, in time."""

LONGEST_STEP_S = 10.0
REPEATS_BELIEVED = 3


class StreamClock:
    """Turns timestamps into seconds since stream start: never back, no jumps."""

    def __init__(self, usual_step_s: float) -> None:
        self.t_s = 0.0
        self._usual_step_s = usual_step_s
        self._started = False
        self._last: float | None = None
        self._repeats = 0

    def tick(self, stamp_s: float | None) -> float:
        """Return t_s of the next picture; a missing or jumping stamp counts as one usual step.

        A repeated stamp is the same moment (a picture sent in two parts), unless the stamps stand still.
        """
        step_s = self._usual_step_s
        if stamp_s is not None and self._last is not None:
            self._repeats = self._repeats + 1 if stamp_s == self._last else 0
            if 0 < stamp_s - self._last <= LONGEST_STEP_S:
                step_s = stamp_s - self._last
            elif 0 < self._repeats <= REPEATS_BELIEVED:
                step_s = 0.0
        if self._started:
            self.t_s += step_s
        self._started = True
        self._last = stamp_s
        return self.t_s

    def believes(self, stamp_s: float | None) -> bool:
        """Return whether the stamp is a plausible next one; asking changes nothing."""
        return stamp_s is not None and (self._last is None or 0 < stamp_s - self._last <= LONGEST_STEP_S)

    def restart(self, usual_step_s: float) -> None:
        """Go on with new stamps that have nothing to do with the old ones."""
        self._usual_step_s = usual_step_s
        self._last = None


class Lookout:
    """Says which frames are due at `fps` looks a second, on an even grid of stream time."""

    def __init__(self, fps: float | None) -> None:
        self._interval_s = 1 / fps if fps else 0.0
        self._due_s = 0.0

    def is_early(self, t_s: float) -> bool:
        """Whether a picture comes before the next look; asking changes nothing."""
        return bool(self._interval_s) and t_s + 1e-6 < self._due_s

    def is_due(self, t_s: float) -> bool:
        """Whether to look at a picture; the next look is then set."""
        if not self._interval_s:
            return True
        if self.is_early(t_s):
            return False
        missed = int((t_s - self._due_s + 1e-6) / self._interval_s)
        self._due_s += (missed + 1) * self._interval_s
        return True


class Lag:
    """How far we are behind a live stream: pictures that wait for us are better dropped than queued."""

    def __init__(self) -> None:
        self._in_step_s: float | None = None

    def of(self, t_s: float, now_s: float, waited: bool) -> float:
        """Return for how many seconds the picture at t_s waited for us; waited: we waited for it instead."""
        ahead_s = now_s - t_s
        if waited or self._in_step_s is None:
            self._in_step_s = ahead_s
        self._in_step_s = min(self._in_step_s, ahead_s)
        return ahead_s - self._in_step_s
