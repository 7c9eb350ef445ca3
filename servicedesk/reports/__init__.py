"""The reading side, figures and statements that write nothing, will live here; nothing does yet."""
