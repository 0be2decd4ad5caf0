"""The tables, and how they are reached: hides SQLAlchemy's set-up and the two databases."""

from labeler.models.annotations import Category, Decision, Edit, Entity, Relation, Verdict
from labeler.models.database import connect, db, insert_rows, migrate, raw_rows, transaction
from labeler.models.documents import Comment, Document, Layer, WorkCounter
from labeler.models.handing_out import (
    DRAWS,
    Assignment,
    DocumentWord,
    HandingOut,
    QueueEntry,
    QueueFloor,
    Tally,
    TrainingResult,
)
from labeler.models.jobs import Job, JobLine, JobPart, JobProblem, Worker
from labeler.models.learning import (
    DictionaryEntry,
    Lesson,
    PatternVersion,
    Split,
    SuggesterRun,
    Suggestion,
    TrainedModel,
)
from labeler.models.people import (
    ApiToken,
    Audit,
    Invitation,
    InvitationUse,
    Membership,
    SigninLink,
    User,
)
from labeler.models.projects import (
    CategoryLabel,
    EntityLabel,
    GuidelineVersion,
    Project,
    RelationLabel,
)
from labeler.models.reports import AgreementReport, Export
from labeler.models.settling import Doubt, Settlement, SuddenChange

__all__ = [
    "DRAWS",
    "AgreementReport",
    "ApiToken",
    "Assignment",
    "Audit",
    "Category",
    "CategoryLabel",
    "Comment",
    "Decision",
    "DictionaryEntry",
    "Document",
    "DocumentWord",
    "Doubt",
    "Edit",
    "Entity",
    "EntityLabel",
    "Export",
    "GuidelineVersion",
    "HandingOut",
    "Invitation",
    "InvitationUse",
    "Job",
    "JobLine",
    "JobPart",
    "JobProblem",
    "Layer",
    "Lesson",
    "Membership",
    "PatternVersion",
    "Project",
    "QueueEntry",
    "QueueFloor",
    "Relation",
    "RelationLabel",
    "Settlement",
    "SigninLink",
    "Split",
    "SuddenChange",
    "SuggesterRun",
    "Suggestion",
    "Tally",
    "TrainedModel",
    "TrainingResult",
    "User",
    "Verdict",
    "WorkCounter",
    "Worker",
    "connect",
    "db",
    "insert_rows",
    "migrate",
    "raw_rows",
    "transaction",
]
