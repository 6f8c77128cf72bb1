"""A county that does not exist, at the real size, the same every time for one seed."""

from geo.generator.county import County, generate

__all__ = ["County", "generate"]
