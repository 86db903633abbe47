"""Tidy up orders

Money gets its exact precision, totals below zero become impossible, and the reference of the old
shop system goes.

Works on a laptop. On the real table it takes the strongest lock, rewrites and reads through every
row while holding it, and nobody can place or see an order until it is done.

The way back brings the column back empty, and fractions of a cent stay rounded.

Revision ID: 5e7f20d1b48c
Revises: 0ae4917cd3b6
Create Date: 2026-11-06 17:58:02

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "5e7f20d1b48c"
down_revision: Union[str, Sequence[str], None] = "0ae4917cd3b6"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.alter_column("orders", "total", existing_type=sa.Numeric(), type_=sa.Numeric(12, 2), existing_nullable=False)
    op.create_check_constraint(op.f("ck_orders_total_not_negative"), "orders", "total >= 0")
    op.drop_column("orders", "legacy_reference")


def downgrade() -> None:
    op.add_column("orders", sa.Column("legacy_reference", sa.Text(), nullable=True))
    op.drop_constraint(op.f("ck_orders_total_not_negative"), "orders", type_="check")
    op.alter_column("orders", "total", existing_type=sa.Numeric(12, 2), type_=sa.Numeric(), existing_nullable=False)
