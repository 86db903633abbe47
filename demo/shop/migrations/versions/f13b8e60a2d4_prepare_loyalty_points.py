"""Prepare loyalty points

Adds what the loyalty programme needs, and changes nothing that is there: a table for the
points, the language that a customer prefers, and the reason why an order was cancelled.
Both columns may be empty, so the running release does not notice them.

Revision ID: f13b8e60a2d4
Revises: 94a7c1e52f80
Create Date: 2026-11-02 09:20:31

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "f13b8e60a2d4"
down_revision: Union[str, Sequence[str], None] = "94a7c1e52f80"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table(
        "loyalty_accounts",
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.Integer(), server_default="0", nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_loyalty_accounts")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_loyalty_accounts_customer_id_customers")),
    )
    op.add_column("customers", sa.Column("preferred_language", sa.Text(), nullable=True))
    op.add_column("orders", sa.Column("cancelled_reason", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("orders", "cancelled_reason")
    op.drop_column("customers", "preferred_language")
    op.drop_table("loyalty_accounts")
