"""One publisher, many bounded readers; sockets."""
