"""Hints about a text: what may be personal, what may be a nuisance. Pure functions; they inform a person and decide nothing."""
