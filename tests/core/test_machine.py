"""What is said of a machine follows from what its system tells."""

import pytest

from core import machine


@pytest.mark.parametrize(
    ("maker", "flags", "bf16"),
    [
        ("GenuineIntel", set(), False),
        ("GenuineIntel", {"avx2", "avx512f"}, False),
        ("GenuineIntel", {"avx512f", "avx512_bf16"}, False),
        ("GenuineIntel", {"avx512_bf16", "amx_bf16", "amx_tile"}, True),
        ("AuthenticAMD", {"avx2", "avx512f"}, False),
        ("AuthenticAMD", {"avx512f", "avx512_bf16"}, True),
    ],
)
def test_bfloat16_is_used_where_it_is_quicker(maker, flags, bf16, monkeypatch):
    monkeypatch.setattr(machine, "_processor", lambda: ("a processor", maker, flags))
    monkeypatch.setattr(machine, "_gpus", tuple)
    found = machine.this_machine.__wrapped__()
    assert found.bf16 == bf16 and found.title.endswith("bf16" if bf16 else "float32") and found.cores >= 1


def test_a_gpu_is_named_first(monkeypatch):
    monkeypatch.setattr(machine, "_gpus", lambda: ("NVIDIA H200",))
    assert machine.this_machine.__wrapped__().title.startswith("NVIDIA H200, ")
