"""Live and playback as streams of fMP4 under a Grant; timelines as values."""
