"""The HTTP and WebSocket face: parses, calls an act, renders. No rule, no SQL."""
