"""Find orders by day

The back office lists orders of a day; the index serves that.

Revision ID: 94a7c1e52f80
Revises: d6e0381bf59c
Create Date: 2025-09-30 07:44:12

"""
from typing import Sequence, Union

from alembic import op

revision: str = "94a7c1e52f80"
down_revision: Union[str, Sequence[str], None] = "d6e0381bf59c"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_index(op.f("ix_orders_placed_at"), "orders", ["placed_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_orders_placed_at"), table_name="orders")
