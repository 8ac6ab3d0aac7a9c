"""Use cases: one verb a file. They know the ports, never the technology behind them."""
