"""The law as data: instruments of rows, each with its article and the text it was read from, and what follows."""
