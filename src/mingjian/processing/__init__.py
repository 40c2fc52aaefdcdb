"""Whatever needs a codec or builds a file: key frames, previews, snapshots, transcoding, evidence packages."""
