"""The ways matters really take: the map of steps, variants, returns, and the log of events behind them."""
