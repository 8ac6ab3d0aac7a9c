"""Background jobs: queued, working, completed over time, with a result for each row."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from deskhand.sandbox.agenda import happening
from deskhand.sandbox.exchange import Request, Row
from deskhand.sandbox.refusal import Refusal, not_found

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox

KEPT = 86_400
"""Seconds for which a job can be asked for after it was made."""

Work = Callable[[int], Row]
"""Does row n of a job and returns its result."""


@dataclass(slots=True)
class Job:
    """A job. `doing` is how its message names the work ('Updating ticket'); times in seconds since 1970.

    `asked` is the request that asked for it, `who` the user who sent that: a restored job's `work` is made from these again.
    """

    id: str
    kind: str
    doing: str
    total: int
    made: float
    starts: float
    ends: float
    results: list[Row] = field(default_factory=list)
    done: bool = False
    asked: Request | None = None
    who: int | None = None
    work: Work | None = None
    counted: bool = True
    """False: the job says only whether it succeeded, not how many rows it has and what became of each."""


class Jobs:
    """The jobs of an account."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self._jobs: dict[str, Job] = {}
        self._again: Job | None = None

    def start(self, kind: str, doing: str, total: int, work: Work, *, counted: bool = True) -> Job:
        """Queue a job. Its rows are done, one after the other, when it has worked. Raises Refusal for too many jobs.

        Whoever calls this has changed nothing before, so that a restored job can be asked for again.
        """
        if self._again is not None:
            self._again.work = work
            return self._again
        now, options = self._sandbox.clock.epoch(), self._sandbox.options
        self._forget(now)
        limit = self._sandbox.meter.limits.jobs
        if limit and sum(not job.done for job in self._jobs.values()) >= limit:
            text = f"Too many jobs are running or queued: at most {limit} at once"
            raise Refusal(
                options.too_many_jobs_status, {"error": "TooManyJobs", "description": text}, {"retry-after": "5"}
            )
        name = sha256(f"{self._sandbox.seed}:{self._sandbox.world.new_id()}".encode()).hexdigest()[:32]
        starts = now + options.job_start
        job = Job(
            f"V3-{name}", kind, doing, total, now, starts, starts + options.job_row * total, counted=counted, work=work,
        )  # fmt: skip
        if self._sandbox.asking is not None:
            job.asked, job.who = self._sandbox.asking.request, self._sandbox.asking.user.id
        self._jobs[job.id] = job
        self._sandbox.agenda.at(job.ends, partial(self._run, job.id))
        return job

    @happening
    def _run(self, key: str) -> None:
        job = self._jobs[key]
        work = job.work or self._ask_again(job)
        job.results = [work(number) for number in range(job.total)]
        job.done, job.work, job.asked = True, None, None

    def _ask_again(self, job: Job) -> Work:
        """The work of a job that was restored: what its request asks for, as of the instant at which it was sent."""
        self._again = job
        try:
            with self._sandbox.world.as_of(job.made):
                self._sandbox.ask_again(job)
        except Refusal as refusal:
            body = refusal.body if isinstance(refusal.body, dict) else {"error": refusal.body}
            return lambda number: {"index": number, "error": body.get("error"), "details": body.get("description")}
        finally:
            self._again = None
        if job.work is None:
            raise LookupError(f"The request of job {job.id} asks for no job")
        return job.work

    def _forget(self, now: float) -> None:
        for key in [key for key, job in self._jobs.items() if job.done and now >= job.made + KEPT]:
            del self._jobs[key]

    def get(self, key: str) -> Job:
        """A job of the last day. Raises Refusal (404)."""
        self._forget(self._sandbox.clock.epoch())
        if key not in self._jobs:
            raise not_found()
        return self._jobs[key]

    def all(self) -> list[Job]:
        """The jobs of the last day, newest first."""
        self._forget(self._sandbox.clock.epoch())
        return list(self._jobs.values())[::-1]

    def row(self, job: Job, base: str) -> Row:
        """A job as the API shows it at this moment."""
        now, options = self._sandbox.clock.epoch(), self._sandbox.options
        row: Row = {
            "id": job.id, "job_type": job.kind, "url": f"{base}/api/v2/job_statuses/{job.id}.json", "total": job.total if job.counted else None, "progress": None, "status": "queued",
            "message": None, "results": None,
        }  # fmt: skip
        if options.era == "2023":
            del row["job_type"]
        if job.done:
            stamp = datetime.fromtimestamp(int(job.ends), UTC).strftime("%Y-%m-%d %H:%M:%S +0000")
            return row | {
                "progress": row["total"],
                "status": "completed",
                "message": f"Completed at {stamp}",
                "results": job.results
                if job.counted
                else {"success": all(result["success"] for result in job.results)},
            }
        if now >= job.starts and job.counted:
            share = (now - job.starts) / max(job.ends - job.starts, 1e-9)
            progress = min(job.total, int(share * job.total))
            return row | {"progress": progress, "status": "working", "message": f"{job.doing} #{progress}"}
        return row
