"""Keep when a layer was submitted, and count what is submitted."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the counters, and count what is finished already; decisions count from now on."""
    op.add_column("layer", sa.Column("finished", sa.DateTime(timezone=True), nullable=True))
    op.add_column("layer", sa.Column("counted", sa.JSON(), nullable=True))
    op.create_table(
        "work_counter",
        sa.Column("project_id", sa.Integer(), sa.ForeignKey("project.id"), primary_key=True),
        sa.Column("measure", sa.String(length=20), primary_key=True),
        sa.Column("annotator_id", sa.Integer(), sa.ForeignKey("user.id"), primary_key=True),
        sa.Column("key", sa.String(length=200), primary_key=True),
        sa.Column("amount", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    finished = sa.text("finished IS NOT NULL")
    op.create_index(
        "ix_layer_seconds",
        "layer",
        ["project_id", "annotator_id", "seconds"],
        sqlite_where=finished,
        postgresql_where=finished,
    )
    # Time was spent here: the layer was submitted, and did not come from a file.
    op.execute(
        "UPDATE layer SET finished = changed WHERE status = 'done' AND NOT gold AND seconds > 0"
    )
    _count_labels()


def _count_labels() -> None:
    """Remember and count the labels of finished layers, as imported ones are counted."""
    done = "layer.status = 'done' AND NOT layer.gold"
    postgres = op.get_bind().dialect.name == "postgresql"
    gather = "json_object_agg" if postgres else "json_group_object"
    for kind in ("entity", "relation"):
        op.execute(
            "INSERT INTO work_counter (project_id, measure, annotator_id, key, amount) "
            f"SELECT layer.project_id, '{kind}', layer.annotator_id, label, count(*) FROM {kind} "
            f"JOIN layer ON layer.id = {kind}.layer_id WHERE {done} "
            f"GROUP BY layer.project_id, layer.annotator_id, label"
        )
    of_layer = " UNION ALL ".join(
        f"SELECT '{kind} ' || label AS name, count(*) AS amount FROM {kind} "
        f"WHERE {kind}.layer_id = layer.id GROUP BY label"
        for kind in ("entity", "relation")
    )
    op.execute(
        f"UPDATE layer SET counted = (SELECT {gather}(name, amount) FROM ({of_layer}) AS found) "
        f"WHERE {done}"
    )
