"""Fit and exceedance probability as plain functions, and models on disk without pickle."""
