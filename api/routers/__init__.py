"""Routers: one file per noun, thin. Each route names who may; rules and queries live in operations."""
