"""Runs, each one recipe trained once, and the store that keeps them."""
