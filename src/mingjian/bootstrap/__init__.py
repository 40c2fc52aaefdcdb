"""The one place that knows every concrete class and opens files, sockets and databases for the rest."""
