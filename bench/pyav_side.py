"""PyAV as a recorder: `python -m bench.pyav_side FOLDER URL ...`, one thread per camera, remuxed to fMP4 files of 60 s.

Ends at SIGTERM. It is what PyAV costs with no more around it than a copy needs; no hash, no chain, no sync.
"""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer

SEGMENT_S = 60
OPTIONS = {"rtsp_transport": "tcp"}
FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}


def copy(url: str, folder: Path, ending: threading.Event) -> None:
    """One camera until `ending`, from its first key frame with a time stamp on."""
    folder.mkdir()
    with av.open(url, options=OPTIONS, timeout=(30, 10)) as source:
        assert isinstance(source, InputContainer)
        stream = source.streams.video[0]
        out: OutputContainer | None = None
        began, number = 0.0, 0
        for packet in source.demux(stream):
            if ending.is_set():
                break
            if packet.dts is None or packet.time_base is None:
                continue
            now = float(packet.dts * packet.time_base)
            if packet.is_keyframe and (out is None or now - began >= SEGMENT_S):
                if out is not None:
                    out.close()
                out = av.open(str(folder / f"{number:03}.mp4"), "w", options=FRAGMENTED)
                target = out.add_stream_from_template(stream)
                began, number = now, number + 1
            if out is not None:
                packet.stream = target
                out.mux(packet)
        if out is not None:
            out.close()


def main(folder: Path, urls: list[str]) -> None:
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    threads = [
        threading.Thread(target=copy, args=(url, folder / str(number), ending), daemon=True)
        for number, url in enumerate(urls)
    ]
    for thread in threads:
        thread.start()
    ending.wait()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
