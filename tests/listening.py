"""A place to listen at, for what tests serve."""

import socket


def listening() -> socket.socket:
    """Listen on a free port as the program does: with Nagle's algorithm on, an answer would wait 40 ms for its end."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
