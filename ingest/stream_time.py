"""Stream time: a monotone t_s from whatever timestamps come, and which frames are looked at, in time."""

import time

LONGEST_STEP_S = 10.0
LATE_S = 1.0
DRIFT = 0.002  # cameras' clocks run fast or slow; a slow one must not look late for ever


class StreamClock:
    """Turns timestamps into seconds since stream start: never back, no jumps."""

    def __init__(self, usual_step_s: float) -> None:
        self.t_s = 0.0
        self._usual_step_s = usual_step_s
        self._started = False
        self._last: float | None = None

    def tick(self, stamp_s: float | None) -> float:
        """Return t_s of the next frame; a missing, repeated or jumping stamp counts as one usual step."""
        step_s = stamp_s - self._last if stamp_s is not None and self._last is not None else 0.0
        if not 0 < step_s <= LONGEST_STEP_S:
            step_s = self._usual_step_s
        if self._started:
            self.t_s += step_s
        self._started = True
        self._last = stamp_s
        return self.t_s

    def restart(self, usual_step_s: float) -> None:
        """Go on with new stamps that have nothing to do with the old ones."""
        self._usual_step_s = usual_step_s
        self._last = None


class Lookout:
    """Says which frames are due at `fps` looks a second, on an even grid of stream time."""

    def __init__(self, fps: float | None) -> None:
        self._interval_s = 1 / fps if fps else 0.0
        self._due_s = 0.0

    def is_due(self, t_s: float) -> bool:
        if not self._interval_s:
            return True
        if t_s + 1e-6 < self._due_s:
            return False
        missed = int((t_s - self._due_s + 1e-6) / self._interval_s)
        self._due_s += (missed + 1) * self._interval_s
        return True


class Lag:
    """How far a live stream is behind its own best: a backlog, better dropped than queued."""

    def __init__(self, late_s: float = LATE_S) -> None:
        self.late_s = late_s
        self._started_s: float | None = None
        self._best_s = 0.0
        self._last_t_s = 0.0

    def of(self, t_s: float) -> float:
        """Return the seconds by which the frame at `t_s` comes later than the stream's usual."""
        if self._started_s is None:
            self._started_s, self._last_t_s = time.monotonic() - t_s, t_s
        behind_s = time.monotonic() - self._started_s - t_s
        allowed_s = self._best_s + DRIFT * (t_s - self._last_t_s)
        self._last_t_s = t_s
        # More than any backlog can be: the stamps jumped, so start afresh.
        jumped = behind_s - allowed_s > max(LONGEST_STEP_S, 2 * self.late_s)
        self._best_s = behind_s if jumped else min(behind_s, allowed_s)
        return behind_s - self._best_s
