"""Find the orders of a customer

"My orders" reads the whole table today. The index is built CONCURRENTLY, outside of a
transaction, so that orders can still be placed while it is being built.
An index left invalid by an earlier attempt must be dropped first: IF NOT EXISTS would accept it.

Revision ID: 6c0d52b7e9f1
Revises: f13b8e60a2d4
Create Date: 2026-11-04 13:41:09

"""
from typing import Sequence, Union

from alembic import op

revision: str = "6c0d52b7e9f1"
down_revision: Union[str, Sequence[str], None] = "f13b8e60a2d4"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            op.f("ix_orders_customer_id_placed_at"),
            "orders",
            ["customer_id", "placed_at"],
            if_not_exists=True,
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            op.f("ix_orders_customer_id_placed_at"),
            table_name="orders",
            if_exists=True,
            postgresql_concurrently=True,
        )
