"""Pixels decoded once, on all cores, into a file that all runs share."""
