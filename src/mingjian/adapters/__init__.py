"""What touches the machine: clock, disk, databases, keys, signers, tiles. Satisfies ports that other rooms declare."""
