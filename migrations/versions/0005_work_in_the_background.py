"""Work in the background: jobs, their parts, what they told, and workers."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id")),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(200)),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer()),
        sa.Column("result", sa.JSON()),
        sa.Column("error", sa.Text()),
        sa.Column("created_by", sa.Integer(), sa.ForeignKey("user.id")),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("started", MOMENT),
        sa.Column("finished", MOMENT),
        sa.Column("announced", MOMENT),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"
        ),
    )
    op.create_index("ix_job_state", "job", ["state", "id"])
    op.create_index("ix_job_project", "job", ["project_id", "id"])
    for name, state in (("ix_job_waiting", "queued"), ("ix_job_running", "running")):
        where = sa.text(f"state = '{state}'")
        op.create_index(
            name, "job", ["key"], unique=True, sqlite_where=where, postgresql_where=where
        )
    op.create_table(
        "job_part",
        sa.Column("job_id", sa.Integer(), sa.ForeignKey("job.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("cursor", sa.JSON()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fruitless", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(200)),
        sa.Column("lease", MOMENT),
        sa.Column("heartbeat", MOMENT),
        sa.CheckConstraint("state IN ('queued', 'running', 'done')", name="state"),
    )
    op.create_index("ix_job_part_state", "job_part", ["state", "job_id", "number"])
    op.create_table(
        "job_line",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("job_id", sa.Integer(), sa.ForeignKey("job.id"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
    )
    op.create_index("ix_job_line_job_id", "job_line", ["job_id", "id"])
    op.create_table(
        "job_problem",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("job_id", sa.Integer(), sa.ForeignKey("job.id"), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer()),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
    )
    op.create_index("ix_job_problem_job_id", "job_problem", ["job_id", "id"])
    op.create_table(
        "worker",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False),
        sa.Column("started", MOMENT, nullable=False),
        sa.Column("heartbeat", MOMENT, nullable=False),
    )
