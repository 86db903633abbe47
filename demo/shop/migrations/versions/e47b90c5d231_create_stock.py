"""Create stock

How many of a product are in the warehouse.

Revision ID: e47b90c5d231
Revises: 06d8a1f4c7be
Create Date: 2025-03-04 09:48:10

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "e47b90c5d231"
down_revision: Union[str, Sequence[str], None] = "06d8a1f4c7be"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table(
        "stock",
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), server_default="0", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_stock")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_stock_product_id_products")),
    )


def downgrade() -> None:
    op.drop_table("stock")
