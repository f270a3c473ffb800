"""Classifiers of every family behind one contract: fit, predict_proba, save, load."""
