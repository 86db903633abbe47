"""Create reviews

What customers think of a product, in stars and words.

Revision ID: a1c5f83e9d07
Revises: 7f2e6d10b8a9
Create Date: 2025-05-08 10:02:58

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "a1c5f83e9d07"
down_revision: Union[str, Sequence[str], None] = "7f2e6d10b8a9"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("stars", sa.SmallInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_reviews_product_id_products")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_reviews_customer_id_customers")),
    )
    op.create_index(op.f("ix_reviews_product_id"), "reviews", ["product_id"])


def downgrade() -> None:
    op.drop_table("reviews")
