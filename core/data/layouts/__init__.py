"""The layouts that data sets have on disk: each file reads one, or something that all of them need."""
