"""Pixels in, vehicles out: motion gate, detector, tracker, plates. Knows no database, stream or web."""
