"""Values every room shares: time, ids, periods, media, grants and error families. No I/O, no dependency."""
