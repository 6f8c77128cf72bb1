"""The generated county of seed 7, made once per test process."""

import functools

from geo.generator import County, generate


@functools.cache
def county() -> County:
    """Return the county; every test may read it, none can change it."""
    return generate(seed=7)
