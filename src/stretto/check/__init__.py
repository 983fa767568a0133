"""Exercises checked with reasons: rule sheets, faults, and marked scores."""
