"""Each sample of the profiler falls into the group of what it was doing."""

from __future__ import annotations

import pytest
from bench.profiling import group_of, grouped, table

KERNEL = "[kernel.kallsyms]"
SCRIPT = f"""
\tffffffff81a rep_movs_alternative ({KERNEL})
\tffffffff81b tcp_recvmsg ({KERNEL})
\tffffffff81c do_epoll_wait ({KERNEL})
\t      7f01 read (/usr/lib/x86_64-linux-gnu/libc.so.6)

\t      7f02 sha256_block_data_order_shaext (/usr/lib/libcrypto.so.3)

\t      7f03 [unknown] (/usr/lib/libcrypto.so.3)

\t      7f04 _PyEval_EvalFrameDefault (/usr/bin/python3.11)

"""


def test_samples_are_shared_out() -> None:
    assert grouped(SCRIPT) == {"hash": 0.5, "kernel: receiving": 0.25, "interpreter": 0.25}
    assert grouped("") == {}


@pytest.mark.parametrize(
    ("chain", "group"),
    [
        ([("copy", KERNEL), ("generic_perform_write", KERNEL), ("ext4_file_write_iter", KERNEL)],
         "kernel: writing and syncing"),
        ([("clear_page_erms", KERNEL), ("asm_exc_page_fault", KERNEL)], "kernel: memory"),
        ([("do_epoll_wait", KERNEL)], "kernel: waiting for events"),
        ([("syscall_return", KERNEL)], "kernel: other"),
        ([("__memmove_avx512_unaligned_erms", "/usr/lib/libc.so.6")], "libc: memory copies"),
        ([("_int_malloc", "/usr/lib/libc.so.6")], "libc: allocation"),
        ([("pthread_getspecific", "/usr/lib/libc.so.6")], "libc: other"),
        ([("uv__io_poll", "/x/site-packages/uvloop/loop.cpython-311-x86_64-linux-gnu.so")], "uvloop"),
        ([("EVP_hash", "/usr/lib/python3.11/lib-dynload/_hashlib.cpython-311-x86_64-linux-gnu.so")], "hash"),
        ([("PyObject_Vectorcall", "/usr/lib/libpython3.11.so.1.0")], "interpreter"),
        ([("[unknown]", "[unknown]")], "other"),
    ],
)  # fmt: skip
def test_a_sample_is_what_it_was_doing(chain: list[tuple[str, str]], group: str) -> None:
    assert group_of(chain) == group


def test_where_there_is_no_profile_the_report_says_why() -> None:
    assert table("perf is not installed") == "No profile: perf is not installed.\n"
    assert "| hash | 50.0% |" in table(grouped(SCRIPT))
