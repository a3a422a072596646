"""Derivatives from values alone, with estimates of their errors."""
