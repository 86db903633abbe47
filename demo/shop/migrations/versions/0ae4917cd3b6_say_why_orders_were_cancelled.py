"""Say why orders were cancelled

Gives every cancelled order of the past the reason "unknown", so that reports need no special case.
Goes through the table in batches of ids, each committed by itself: no long transaction, no long
row locks, and replicas can keep up. It can be stopped and started again at any point, since it
only touches orders that have no reason yet.

The way back is not exact: it empties every "unknown", also one that a person has chosen since.

Revision ID: 0ae4917cd3b6
Revises: 6c0d52b7e9f1
Create Date: 2026-11-05 08:57:48

"""
from typing import Sequence, Union

from alembic import context, op
import sqlalchemy as sa

revision: str = "0ae4917cd3b6"
down_revision: Union[str, Sequence[str], None] = "6c0d52b7e9f1"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None

BATCH = 10_000

FILL = """
    UPDATE orders SET cancelled_reason = 'unknown'
    WHERE id >= {first} AND id < {after} AND status = 'cancelled' AND cancelled_reason IS NULL
"""

EMPTY = """
    UPDATE orders SET cancelled_reason = NULL
    WHERE id >= {first} AND id < {after} AND cancelled_reason = 'unknown'
"""


def upgrade() -> None:
    in_batches(FILL)


def downgrade() -> None:
    in_batches(EMPTY)


def in_batches(statement: str) -> None:
    with op.get_context().autocommit_block():
        if context.is_offline_mode():
            op.execute(as_block(statement))
            return
        connection = op.get_bind()
        last = connection.scalar(sa.text("SELECT coalesce(max(id), 0) FROM orders"))
        batch = sa.text(statement.format(first=":first", after=":after"))
        for first in range(1, last + 1, BATCH):
            connection.execute(batch, {"first": first, "after": first + BATCH})


def as_block(statement: str) -> str:
    """The same batches for `alembic upgrade --sql`, where nothing can be asked of the database."""
    return f"""
DO $$
DECLARE
    first bigint := 1;
    last bigint := (SELECT coalesce(max(id), 0) FROM orders);
BEGIN
    WHILE first <= last LOOP
        {statement.format(first="first", after=f"first + {BATCH}").strip()};
        COMMIT;
        first := first + {BATCH};
    END LOOP;
END
$$
"""
