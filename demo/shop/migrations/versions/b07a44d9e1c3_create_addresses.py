"""Create addresses

Where orders are sent to; a customer may have several.

Revision ID: b07a44d9e1c3
Revises: 8e52f19c04ab
Create Date: 2025-02-05 14:03:55

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "b07a44d9e1c3"
down_revision: Union[str, Sequence[str], None] = "8e52f19c04ab"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table(
        "addresses",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_addresses_customer_id_customers")),
    )
    op.create_index(op.f("ix_addresses_customer_id"), "addresses", ["customer_id"])


def downgrade() -> None:
    op.drop_table("addresses")
