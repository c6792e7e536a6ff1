"""Model selection on rolling origins: folds, cross-validation, tuning, ablation."""
