"""Processor time of everything that a system needs: its servers, its database and its workers."""

from __future__ import annotations

import resource

import psutil

from bench.peers.names import SINK_MODULE

DAY_SECONDS = 86_400
_APART = (SINK_MODULE, "runtime.smtp_sink", "runtime.twilio_stand_in", "-I")
"""Not the system's own: the sinks, and the leash that holds a process ("-I")."""


def running_seconds() -> float:
    """What the living descendants of this process have used, and those of their children that have ended."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        try:
            if not any(word in process.cmdline() for word in _APART):
                times = process.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
        except psutil.NoSuchProcess:
            continue
    return total


def ended_seconds() -> float:
    """What the children of this process that have ended have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def others_seconds() -> float:
    """What this machine has used for anything that is not this run: with it, a disturbed figure can be told."""
    machine = psutil.cpu_times()
    own = psutil.Process().cpu_times()
    ours: float = own.user + own.system + ended_seconds()
    for process in psutil.Process().children(recursive=True):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        ours += times.user + times.system + times.children_user + times.children_system
    return float(machine.user + machine.system + machine.nice) - ours


def memory_bytes(process_id: int) -> int:
    """The resident memory of one process."""
    return int(psutil.Process(process_id).memory_info().rss)


def day_seconds(background: float, window_seconds: float, job: float = 0.0, jobs_per_day: int = 0) -> float:
    """Processor seconds of a day: a window of the background, and a job that runs so often a day."""
    return background * DAY_SECONDS / window_seconds + job * jobs_per_day
