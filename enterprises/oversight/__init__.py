"""Oversight 督查: orders and circulars, complaints about offices, bodies outside, escalation."""
