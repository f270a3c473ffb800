"""Bytes to grey pixels: reading any accepted picture, judging it, and preparing it for a model."""
