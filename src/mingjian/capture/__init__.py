"""From a camera's address to access units, for ever: sources and the keeper that reconnects them."""
