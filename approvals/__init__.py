"""Service items, bundles, staged permits and documents will live here; nothing does yet."""
