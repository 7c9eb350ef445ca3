"""The reading side: figures about the desk's work, each with the cases it counts. Nothing here writes."""
