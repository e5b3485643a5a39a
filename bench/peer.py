"""What the peers share: a job with its settings on the first line of standard input, then answers to lines of work.

`run N` is answered by the seconds that N units of work took, so that both sides can be timed in turns; `profile N`
by the milliseconds of each operator. The job's settings: threads,
memoryFormat, execution (eager, compiled), kernels (oneDNN, plain).
"""
import json
import platform
import sys
import time


def read_job():
    """The job; PyTorch is set up as it says."""
    import torch

    job = json.loads(sys.stdin.readline())
    torch.set_num_threads(job["threads"])
    torch.backends.mkldnn.enabled = job["kernels"] == "oneDNN"
    torch.manual_seed(0)
    return job


def compiled(function, job):
    import torch

    return torch.compile(function) if job["execution"] == "compiled" else function


def laid_out(network, job):
    import torch

    last = job["memoryFormat"] == "channels last"
    return network.to(memory_format=torch.channels_last) if last else network


def answer(**facts):
    print(json.dumps(facts), flush=True)


def operators_of(work, count):
    """Milliseconds a unit of work by operator, without what an operator calls, and of all of it on the clock."""
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        start = time.perf_counter()
        work(count)
        seconds = time.perf_counter() - start
    times = {e.key: e.self_cpu_time_total / 1000 / count for e in profiler.key_averages()}
    return {"operators": times, "milliseconds": seconds * 1000 / count}


def serve(work, **facts):
    """Answers until standard input ends; `work(n)` does n units."""
    answer(python=platform.python_version(), **facts)
    for line in sys.stdin:
        command, count = line.split()
        if command == "profile":
            answer(**operators_of(work, int(count)))
            continue
        start = time.perf_counter()
        work(int(count))
        answer(seconds=time.perf_counter() - start)
