"""`python -m operations.demo`: stands in for patrol teams in the demo. Never part of a real installation."""

import sys

from config.logging import set_up_logging
from config.settings import load_settings
from config.supervisor import stop_on_signals
from operations.demo.units import run


def main() -> int:
    settings = load_settings()
    set_up_logging("demo", settings.log_level)
    run(settings, stop_on_signals())
    return 0


if __name__ == "__main__":
    sys.exit(main())
