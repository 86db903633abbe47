"""Create coupons

Codes that take some percent off.

Revision ID: 2b94d7a06ec1
Revises: a1c5f83e9d07
Create Date: 2025-06-12 15:33:20

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "2b94d7a06ec1"
down_revision: Union[str, Sequence[str], None] = "a1c5f83e9d07"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table(
        "coupons",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupons")),
        sa.UniqueConstraint("code", name=op.f("uq_coupons_code")),
    )


def downgrade() -> None:
    op.drop_table("coupons")
