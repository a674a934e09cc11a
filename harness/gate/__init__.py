"""The gate: whether a candidate is worse than its blessed baseline, by more than noise."""
