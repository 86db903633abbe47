"""Remember the coupon of an order

An order keeps the coupon that it was paid with.

Revision ID: d6e0381bf59c
Revises: 2b94d7a06ec1
Create Date: 2025-06-12 16:01:03

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "d6e0381bf59c"
down_revision: Union[str, Sequence[str], None] = "2b94d7a06ec1"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("coupon_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_orders_coupon_id_coupons"), "orders", "coupons", ["coupon_id"], ["id"])


def downgrade() -> None:
    op.drop_constraint(op.f("fk_orders_coupon_id_coupons"), "orders", type_="foreignkey")
    op.drop_column("orders", "coupon_id")
