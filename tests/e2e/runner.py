"""Runs cases side by side, and tells how each ended.

Copyright 2026 the winhttp authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import collections
import concurrent.futures
import signal
import sys
import time

from setting import Skipped


class Trial:
    """What has a name and a judge: a method that returns what went wrong, or None."""

    name = ''

    def judge(self, world):
        raise NotImplementedError

    def run(self, world):
        """Returns "ok", "FAIL" or "skip", what there is to say about it, and the time it took."""
        start = time.monotonic()
        try:
            problem = self.judge(world)
            outcome = 'FAIL' if problem else 'ok'
        except Skipped as skipped:
            problem, outcome = str(skipped), 'skip'
        return outcome, problem, time.monotonic() - start


def report(case, outcome, problem, seconds):
    """Prints the outcome of one case; what went wrong follows in indented lines."""
    print('%-4s %s (%.1f s)' % (outcome, case.name, seconds))
    for line in (problem or '').splitlines():
        print('     | ' + line)
    sys.stdout.flush()


def run_cases(chosen, world, jobs):
    """Returns how often there was which outcome."""
    counts = collections.Counter()
    pool = concurrent.futures.ThreadPoolExecutor(jobs)
    try:
        futures = [(case, pool.submit(case.run, world)) for case in chosen]
        for case, future in futures:
            outcome, problem, seconds = future.result()
            report(case, outcome, problem, seconds)
            counts[outcome] += 1
    finally:
        # After an interruption what is running has to end before the servers do.
        pool.shutdown(wait=False, cancel_futures=True)
        world.windows.stop_all()
        pool.shutdown()
    return counts


def stop(number, frame):
    """SIGTERM ends like an interruption: everything that was started is stopped."""
    sys.exit(128 + number)


def stop_on_sigterm():
    signal.signal(signal.SIGTERM, stop)


def conclude(counts):
    """Prints the sum; returns the exit status."""
    print('%d passed, %d failed, %d skipped' % (counts['ok'], counts['FAIL'], counts['skip']))
    return 1 if counts['FAIL'] else 0
