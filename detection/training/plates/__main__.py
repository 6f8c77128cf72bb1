"""`python -m detection.training.plates --minutes N --seed S`: renders, learns, writes the ONNX file."""

import argparse
import sys
from pathlib import Path

from detection.training.plates.export import OnnxMissing, export, require_onnx
from detection.training.plates.glyphs import FontsMissing, require_fonts
from detection.training.plates.learning import Course, learn

WEIGHTS = Path(__file__).resolve().parents[2] / "weights" / "plates.onnx"


def main(argv: list[str]) -> int:
    """Train and export; 2 where a font or a package is missing."""
    parser = argparse.ArgumentParser(prog="python -m detection.training.plates", description=__doc__)
    parser.add_argument("--minutes", type=float, default=75.0, help="time to learn (default 75)")
    parser.add_argument("--seed", type=int, default=1, help="of the rendered plates and the first weights")
    parser.add_argument("--first-batch", type=int, default=0, help="number of the first rendered batch")
    parser.add_argument("--rate", type=float, default=3e-3, help="highest learning rate (default 0.003)")
    parser.add_argument("--continue-from", type=Path, help="learnt weights (.pt) to go on from")
    parser.add_argument("--keep-at", type=Path, default=Path("/tmp/plates.pt"), help="where weights are kept")
    parser.add_argument("--output", type=Path, default=WEIGHTS, help="the ONNX file to write")
    arguments = parser.parse_args(argv)
    try:
        require_fonts()
        require_onnx()
    except (FontsMissing, OnnxMissing) as problem:
        print(problem, file=sys.stderr)
        return 2
    course = Course(
        minutes=arguments.minutes,
        seed=arguments.seed,
        keep_at=arguments.keep_at,
        continue_from=arguments.continue_from,
        learning_rate=arguments.rate,
        first=arguments.first_batch,
    )
    network = learn(course, lambda line: print(line, flush=True))
    made = {"seed": str(arguments.seed), "minutes": f"{arguments.minutes:g}"}
    print(export(network, arguments.output, made))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
