"""Touching the world: one module for each thing touched."""
