"""Tracks: how vehicles move between cameras by road; learned traffic, trips, legs, and what contradicts."""
