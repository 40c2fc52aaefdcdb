"""Pure decisions of the legal half: who may do what, and which step comes next."""
