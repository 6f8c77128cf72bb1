"""`watchgrid models`: lists the weights of this installation, and puts new ones in place."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from config.settings import Settings, load_settings
from detection.models import CannotGet, Weights, get, weights_here


def main(argv: Sequence[str]) -> int:
    """List, or run `get`; return 0, or 1 when the weights cannot be had."""
    options = _parser().parse_args(argv)
    settings = load_settings(**({"data_dir": options.data_dir} if options.data_dir else {}))
    if options.command is None:
        _list(settings)
        return 0
    try:
        weights = get(options.name, settings.data_dir, options.given)
    except CannotGet as error:
        print(f"watchgrid models: {error}", file=sys.stderr)
        return 1
    print(f"{weights.path}\n{_about(weights)}")
    print(_what_happens(settings, weights))
    return 0


def _list(settings: Settings) -> None:
    here = weights_here(settings.data_dir)
    for weights in here:
        print(f"{weights.path}\n{_about(weights)}")
    if settings.detector_weights:
        print(f"DETECTOR_WEIGHTS is set: every camera uses {settings.detector_weights}.")
    elif not any(weights.path.is_relative_to(settings.data_dir / "models") for weights in here):
        print(
            f"No weights in {settings.data_dir / 'models'}: real cameras find vehicles by motion, which "
            "knows no classes. For cars, buses, trucks and motorcycles run `watchgrid models get yolo26n`."
        )


def _about(weights: Weights) -> str:
    classes = f"; knows {', '.join(weights.classes)}" if weights.classes else ""
    return f"    {weights.purpose}{classes}; hash {weights.model_hash}"


def _what_happens(settings: Settings, weights: Weights) -> str:
    if settings.detector == "motion":
        return "Not used as long as DETECTOR is motion."
    if settings.detector_weights and settings.detector_weights.resolve() != weights.path.resolve():
        return f"Not used as long as DETECTOR_WEIGHTS names {settings.detector_weights}."
    first = next(here for here in weights_here(settings.data_dir) if here.purpose == weights.purpose)
    if first.path != weights.path:
        return f"Not used as long as {first.path} is there, which is taken first."
    return "Every real camera finds vehicles with it from the next start of its worker on."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="watchgrid models",
        description="Without a command: which weights there are, what they know and what each is for.",
    )
    parser.add_argument("--data-dir", type=Path, help="where everything is kept (DATA_DIR)")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    one = commands.add_parser("get", help="put weights into DATA_DIR/models")
    one.add_argument("name", help="yolo26n (or s, m, l, x) from the internet; any name with --from")
    one.add_argument(
        "--from",
        dest="given",
        type=Path,
        metavar="PATH",
        help="a local .pt, .onnx or *_openvino_model (a .pt can run code when loaded: trust its origin)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
