"""Find the documents whose texts hold given words by an index."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index all texts that are there, and those that come; takes minutes for a million."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRES if postgres else _SQLITE:
        op.execute(statement)


# Each text is kept as the set of its words, without their places, under the id of its document; the
# first word names the project. Marks belong to words, as accents and vowel signs do.
_INSERT = "INSERT INTO text_index (rowid, words) "
_SQLITE = [
    "CREATE VIRTUAL TABLE text_index USING fts5(words, content='', detail=none, columnsize=0, "
    "tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* M*' tokenchars '_'\")",
    f"{_INSERT} SELECT id, 'labelerproject' || project_id || ' ' || text FROM document ORDER BY id",
    "CREATE TRIGGER text_enters AFTER INSERT ON document BEGIN "
    f"{_INSERT} VALUES (NEW.id, 'labelerproject' || NEW.project_id || ' ' || NEW.text); END",
]

# The first word names the project and the stretch of 32,768 ids: what is searched at a time. An
# entry of such an index may have 2,700 bytes, hence no whole words.
_POSTGRES = [
    "CREATE OR REPLACE FUNCTION text_words(project_id integer, document_id integer, content text) "
    "RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000 AS $$ "
    "SELECT array_prepend('#' || project_id || '/' || (document_id >> 15), "
    "ARRAY(SELECT left(word, 60) FROM regexp_split_to_table(lower(content), '\\W+') AS word)) $$",
    "CREATE INDEX ix_document_text_words ON document USING gin (text_words(project_id, id, text))",
    # The planner has nothing to learn from how frequent words are: it is to use the index always.
    "ALTER INDEX ix_document_text_words ALTER COLUMN 1 SET STATISTICS 0",
]
