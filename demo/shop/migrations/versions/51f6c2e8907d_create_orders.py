"""Create orders

The order itself. It will become the largest table of the shop.

Revision ID: 51f6c2e8907d
Revises: b07a44d9e1c3
Create Date: 2025-02-06 08:30:17

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "51f6c2e8907d"
down_revision: Union[str, Sequence[str], None] = "b07a44d9e1c3"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="placed", nullable=False),
        sa.Column("total", sa.Numeric(), nullable=False),
        sa.Column("legacy_reference", sa.Text(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_orders_customer_id_customers")),
    )


def downgrade() -> None:
    op.drop_table("orders")
