"""Pixels in, vehicles out: motion gate, detector, tracker, plate reading, voting. Knows no database, stream or web server."""
