"""Patrol plans as values: the problem, solving it, checking, mending, varying. Stores nothing."""
