"""Fit and exceedance probability as plain functions, and models on disk without pickle."""

import sys

# XGBoost imports scikit-learn for wrappers that nothing here uses, at half of a job's start-up.
# For the length of its import scikit-learn is as if not installed; whoever needs it imports it.
if "sklearn" not in sys.modules and "xgboost" not in sys.modules:
    sys.modules["sklearn"] = None  # type: ignore[assignment]
    try:
        import xgboost  # noqa: F401
    finally:
        del sys.modules["sklearn"]
