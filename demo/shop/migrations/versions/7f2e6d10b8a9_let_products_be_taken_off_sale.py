"""Let products be taken off sale

A product that is not active is no longer shown, but old orders keep pointing to it.

Revision ID: 7f2e6d10b8a9
Revises: e47b90c5d231
Create Date: 2025-03-21 13:15:36

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

revision: str = "7f2e6d10b8a9"
down_revision: Union[str, Sequence[str], None] = "e47b90c5d231"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.add_column("products", sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    op.drop_column("products", "active")
