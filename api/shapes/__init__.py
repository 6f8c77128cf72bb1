"""Shapes: what the HTTP API takes and answers, with examples. Values only; rules live in operations."""
