"""The demo's vehicles: invented plates with a class and a colour. Three of them are on the watchlist."""

import random
from dataclasses import dataclass

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "0123456789"
COLOURS = ("white", "white", "white", "black", "black", "grey", "silver", "blue", "red", "brown")
NEIGHBOURS = ("浙A", "浙B", "浙C", "浙G", "沪A", "苏E", "皖A", "闽A", "赣E")


@dataclass(frozen=True, slots=True)
class DemoVehicle:
    plate: str
    kind: str
    vehicle_class: str
    colour: str


@dataclass(frozen=True, slots=True)
class WatchedVehicle:
    """A vehicle on the demo's watchlist, with the pattern that names it and why."""

    vehicle: DemoVehicle
    pattern: str
    severity: str
    reason: str


WATCHED = (
    WatchedVehicle(
        DemoVehicle("浙JT6H92", "blue", "car", "white"), "浙JT6H92", "red", "肇事逃逸车辆，2026-11-19 海滨路"
    ),
    WatchedVehicle(
        DemoVehicle("浙JD37485", "green", "car", "blue"), "浙JD37485", "orange", "被盗车辆，车主已报案"
    ),
    WatchedVehicle(
        DemoVehicle("皖K8C615", "yellow", "truck", "red"),
        "皖K8C6??",
        "yellow",
        "涉嫌非法倾倒，目击者只记下前五位",
    ),
)


def ordinary_vehicles(seed: int, count: int) -> list[DemoVehicle]:
    """Return `count` vehicles with different plates, none of them watched; the same for one seed."""
    rng = random.Random(f"vehicles {seed}")
    taken = {watched.vehicle.plate for watched in WATCHED}
    vehicles: list[DemoVehicle] = []
    while len(vehicles) < count:
        vehicle = _vehicle(rng)
        if vehicle.plate not in taken and not vehicle.plate.startswith("皖K8C6"):
            taken.add(vehicle.plate)
            vehicles.append(vehicle)
    return vehicles


def _vehicle(rng: random.Random) -> DemoVehicle:
    office = "浙J" if rng.random() < 0.8 else rng.choice(NEIGHBOURS)
    draw = rng.random()
    if draw < 0.25:
        serial = rng.choice("DF") + "".join(rng.choices(DIGITS, k=5))
        return DemoVehicle(office + serial, "green", "car", rng.choice(COLOURS))
    serial = "".join(rng.choices(DIGITS, k=5))
    for position in rng.sample(range(5), rng.choice((1, 1, 2))):
        serial = serial[:position] + rng.choice(LETTERS) + serial[position + 1 :]
    if draw < 0.37:
        large = rng.choice(("truck", "truck", "bus"))
        colour = rng.choice(COLOURS)
        return DemoVehicle(office + serial, "yellow", "motorcycle" if draw < 0.28 else large, colour)
    return DemoVehicle(office + serial, "blue", "car", rng.choice(COLOURS))
