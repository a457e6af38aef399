"""Channels, sockets and the broker behind them. Knows strings only: nothing of the forum."""
