"""How likely readings of one plate are if one vehicle drove and if two did: a dynamic programme over tracks.

Values in, values out; what a conflict means, clocks and the verdict are in clones.py.
"""

from dataclasses import dataclass
from math import log
from operator import mul

import numpy as np
from numpy.typing import NDArray

LAGS = 32  # the other vehicle is followed back so many readings; what lies further back excludes nothing
SKIPPED = 2  # misreads of other vehicles in a row that two tracks are followed across
SKIPPED_ALONE = 6  # the same for one track, where it costs little
AT_ONCE_S = 1200.0  # so long after a reading its vehicle is still the likelier one to be read next
SETS_OUT = np.array([0.003, 0.03])  # how likely a vehicle not seen for long is next, over one just seen


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the programme is given for n readings in order of time.

    fit: n x (LAGS + 1); [j, l] how well reading j follows reading j - l as the same vehicle's, over how well
    it follows nothing (1.0, which is also [j, 0] and where there is no such reading).
    at_s: n times. foreign: n, prior probability of being another's misread.
    looks: 2 x n likelihood of colour and class for vehicle 1 and 2, over that of a vehicle taken at random.
    """

    fit: NDArray[np.float64]
    at_s: NDArray[np.float64]
    foreign: NDArray[np.float64]
    looks: NDArray[np.float64]


def one_vehicle(evidence: Evidence) -> float:
    """Return the log likelihood if one vehicle carries the plate and the rest are misreads of others."""
    total = 0.0
    after = [1.0] + [0.0] * SKIPPED_ALONE  # [k]: its last reading lies k readings back
    fits = np.c_[evidence.fit[:, 1 : SKIPPED_ALONE + 2]].tolist()
    own = ((1 - evidence.foreign) * evidence.looks[0]).tolist()
    foreign = evidence.foreign.tolist()
    for row, is_own, is_foreign in zip(fits, own, foreign, strict=True):
        taken = is_own * sum(map(mul, after, row))
        *skipped, last, longest = after
        scale = taken + is_foreign * sum(after)
        share = is_foreign / scale
        after = [taken / scale, *(share * weight for weight in skipped), share * (last + longest)]
        total += log(scale)
    return total


def two_vehicles(evidence: Evidence) -> NDArray[np.float64]:
    """Return the log likelihoods if two vehicles carry it: [both look like 1, they look like 1 and 2].

    The sum is over every way to share the readings between two vehicles and misreads.
    """
    emitted = np.stack([np.stack([evidence.looks[0]] * 2), evidence.looks])  # variant x vehicle x reading
    state = np.zeros((2, len(SETS_OUT), 2, SKIPPED + 1, LAGS + 1))
    # [variant, SETS_OUT, vehicle of the last reading, readings since it, lag of the other's last (0: far)]
    state[:, :, :, 0, 0] = 0.5 / len(SETS_OUT)
    total = np.zeros(2)
    stays = _stays(evidence.at_s)
    for j in range(len(evidence.at_s)):
        state = _step(state, evidence, emitted[:, :, j], stays[:, j], j)
        scale = state.sum(axis=(1, 2, 3, 4))
        total += np.log(scale)
        state /= scale[:, None, None, None, None]
    return total


def _step(
    state: NDArray[np.float64],
    evidence: Evidence,
    emitted: NDArray[np.float64],
    stays: NDArray[np.float64],
    j: int,
) -> NDArray[np.float64]:
    """Return the weights of all states after reading j, before they are scaled."""
    fit, foreign = evidence.fit[j], evidence.foreign[j]
    near = fit[1 : SKIPPED + 2]
    far = np.concatenate([fit[:1], fit[2:], fit[:1]])  # the other's lag grows by one
    same = state * stays[None, :, None]
    new = np.zeros_like(state)
    lagged = _one_further(np.stack([state, same]))
    new[..., 1:, :] = lagged[0][..., :-1, :] * foreign
    new[..., -1, :] += lagged[0][..., -1, :] * foreign
    own = (1 - foreign) * emitted[:, None, :]
    new[..., 0, :] = np.matmul(near, lagged[1]) * own[..., None]
    other = ((state - same) @ far) * own[..., ::-1, None]
    # The other vehicle has this reading: it is now the last one, and the vehicle of before is k + 1 back.
    new[..., 0, 1 : SKIPPED + 2] += other[:, :, ::-1]
    return new


def _one_further(state: NDArray[np.float64]) -> NDArray[np.float64]:
    lagged = np.empty_like(state)
    lagged[..., 0] = state[..., 0] + state[..., -1]
    lagged[..., 1] = 0.0
    lagged[..., 2:] = state[..., 1:-1]
    return lagged


def _stays(at_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return [SETS_OUT, n, k, lag]: how likely the last reading's vehicle, not the other, is next."""
    size = len(at_s)
    before = np.arange(size)[:, None] - np.arange(LAGS + 2)[None, :]
    age_s = np.where(before >= 0, at_s[:, None] - at_s[np.maximum(before, 0)], np.inf)
    age_s[:, 0] = age_s[:, -1] = np.inf
    lately = SETS_OUT[:, None, None] + np.exp(-age_s / AT_ONCE_S)
    last = lately[:, :, 1 : SKIPPED + 2, None]
    other = np.concatenate([lately[:, :, :1], lately[:, :, 2:]], axis=2)[:, :, None, :]
    return np.asarray(last / (last + other))


@dataclass(slots=True)
class _Back:
    """From where each state of one reading came: which k where the vehicle stayed, which lag where not."""

    stayed_k: NDArray[np.int64]
    switched_lag: NDArray[np.int64]
    switched: NDArray[np.bool_]
    skipped_more: NDArray[np.bool_]
    was_furthest: NDArray[np.bool_]


def separated(evidence: Evidence, differ: bool) -> NDArray[np.int64]:
    """Return the likeliest vehicle, 1 or 2, of each reading; 0 where it is another plate's misread."""
    looks = evidence.looks if differ else np.stack([evidence.looks[0]] * 2)
    stays = _stays(evidence.at_s)[1]
    state = np.zeros((2, SKIPPED + 1, LAGS + 1))
    state[:, 0, 0] = 1.0
    backs = []
    for j in range(len(evidence.at_s)):
        state, back = _best_step(state, evidence, looks[:, j], stays[j], j)
        state /= state.max()
        backs.append(back)
    return _walked_back(state, backs)


def _best_step(
    state: NDArray[np.float64],
    evidence: Evidence,
    looks: NDArray[np.float64],
    stays: NDArray[np.float64],
    j: int,
) -> tuple[NDArray[np.float64], _Back]:
    """As `_step`, but of all ways into a state only the likeliest counts, and it is remembered."""
    fit, foreign = evidence.fit[j], evidence.foreign[j]
    was_furthest = state[..., -1] > state[..., 0]
    lagged = _one_further_best(state)
    new = np.zeros_like(state)
    new[:, 1:, :] = lagged[:, :-1, :] * foreign
    skipped_more = lagged[:, -1, :] > lagged[:, -2, :]
    new[:, -1, :] = np.maximum(lagged[:, -1, :], lagged[:, -2, :]) * foreign
    by_k = _one_further_best(state * stays) * fit[1 : SKIPPED + 2][None, :, None]
    stayed_k = by_k.argmax(axis=1)
    new[:, 0, :] = by_k.max(axis=1) * ((1 - foreign) * looks)[:, None]
    by_lag = _one_further_best(state * (1 - stays)) * fit[None, None, :]
    switched_lag = by_lag.argmax(axis=2)[::-1]
    goes = (by_lag.max(axis=2) * ((1 - foreign) * looks[::-1])[:, None])[::-1]
    switched = np.zeros((2, LAGS + 1), dtype=bool)
    switched[:, 1 : SKIPPED + 2] = goes > new[:, 0, 1 : SKIPPED + 2]
    new[:, 0, 1 : SKIPPED + 2] = np.maximum(goes, new[:, 0, 1 : SKIPPED + 2])
    return new, _Back(stayed_k, switched_lag, switched, skipped_more, was_furthest)


def _one_further_best(state: NDArray[np.float64]) -> NDArray[np.float64]:
    lagged = np.empty_like(state)
    lagged[..., 0] = np.maximum(state[..., 0], state[..., -1])
    lagged[..., 1], lagged[..., 2:] = 0.0, state[..., 1:-1]
    return lagged


def _walked_back(state: NDArray[np.float64], backs: list[_Back]) -> NDArray[np.int64]:
    vehicle, k, lag = (int(i) for i in np.unravel_index(int(state.argmax()), state.shape))
    found = np.zeros(len(backs), dtype=np.int64)
    for j in range(len(backs) - 1, -1, -1):
        back = backs[j]
        if k > 0:
            k -= not (k == SKIPPED and back.skipped_more[vehicle, lag])
        else:
            found[j] = vehicle + 1
            if back.switched[vehicle, lag]:
                vehicle, k, lag = 1 - vehicle, lag - 1, int(back.switched_lag[vehicle, lag - 1])
            else:
                k = int(back.stayed_k[vehicle, lag])
        if lag == 0:
            lag = LAGS if back.was_furthest[vehicle, k] else 0
        else:
            lag -= 1
    return found
