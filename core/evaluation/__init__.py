"""Numbers from scores and labels: metrics, curves, intervals, tests and thresholds. It imports no torch."""
