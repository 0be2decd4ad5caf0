"""What was computed or written once, and is kept: agreement reports and exports."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Float, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from labeler.models.columns import Instant
from labeler.models.database import Base, now


class AgreementReport(Base):
    """What was computed of agreement for one question, and the fingerprint of what it came from."""

    __tablename__ = "agreement_report"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    question: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    computed: Mapped[datetime] = mapped_column(Instant)
    seconds: Mapped[float] = mapped_column(Float)


class ReportSource(Base):
    """How often something changed that reports of agreement come from, by source: a person's
    finished layers, their finished gold, the suggestions for some finished documents.

    Triggers count it, in the transaction that changes these.
    """

    __tablename__ = "report_source"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    source: Mapped[str] = mapped_column(String(40), primary_key=True)
    changes: Mapped[int] = mapped_column(BigInteger)


class Export(Base):
    """An export that was made, and where it lies."""

    __tablename__ = "export"
    __table_args__ = (Index("ix_export_project_id", "project_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str] = mapped_column(String(80), default="")
    format: Mapped[str] = mapped_column(String(60))
    folder: Mapped[str] = mapped_column(String(500))
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_by: Mapped[str] = mapped_column(String(80), default="")
    created: Mapped[datetime] = mapped_column(Instant, default=now)
