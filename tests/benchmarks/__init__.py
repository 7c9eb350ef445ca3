"""Measures of speed, each beside its reference in the same run (`script/bench`). Nothing judges a test."""
