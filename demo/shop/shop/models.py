"""The tables of the sample shop as its application sees them."""
from datetime import datetime
from decimal import Decimal
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# No longer used by the code, but still in the database: dropped by a later contract migration.
retired_columns = {("orders", "legacy_reference")}

Timestamp = sa.DateTime(timezone=True)


class Base(DeclarativeBase):
    """Every constraint has a name that a migration can rely on."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Customer(Base):
    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    email: Mapped[str] = mapped_column(sa.Text, unique=True)
    name: Mapped[str] = mapped_column(sa.Text)
    preferred_language: Mapped[Optional[str]] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=sa.func.now())


class Category(Base):
    __tablename__ = "categories"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(sa.Text, unique=True)


class Product(Base):
    __tablename__ = "products"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    category_id: Mapped[int] = mapped_column(sa.ForeignKey("categories.id"), index=True)
    sku: Mapped[str] = mapped_column(sa.Text, unique=True)
    name: Mapped[str] = mapped_column(sa.Text)
    price: Mapped[Decimal] = mapped_column(sa.Numeric(12, 2))
    active: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.true())


class Address(Base):
    __tablename__ = "addresses"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers.id"), index=True)
    street: Mapped[str] = mapped_column(sa.Text)
    city: Mapped[str] = mapped_column(sa.Text)
    country: Mapped[str] = mapped_column(sa.Text)


class Coupon(Base):
    __tablename__ = "coupons"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(sa.Text, unique=True)
    percent: Mapped[int] = mapped_column(sa.Integer)
    valid_until: Mapped[Optional[datetime]] = mapped_column(Timestamp)


class Order(Base):
    """The large table."""

    __tablename__ = "orders"
    __table_args__ = (sa.Index(None, "customer_id", "placed_at"),)

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers.id"))
    coupon_id: Mapped[Optional[int]] = mapped_column(sa.ForeignKey("coupons.id"))
    status: Mapped[str] = mapped_column(sa.Text, server_default="placed")
    total: Mapped[Decimal] = mapped_column(sa.Numeric(12, 2))
    cancelled_reason: Mapped[Optional[str]] = mapped_column(sa.Text)
    placed_at: Mapped[datetime] = mapped_column(Timestamp, server_default=sa.func.now(), index=True)


class OrderItem(Base):
    __tablename__ = "order_items"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"))
    quantity: Mapped[int] = mapped_column(sa.Integer)
    price: Mapped[Decimal] = mapped_column(sa.Numeric(12, 2))


class Payment(Base):
    __tablename__ = "payments"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    method: Mapped[str] = mapped_column(sa.Text)
    amount: Mapped[Decimal] = mapped_column(sa.Numeric(12, 2))
    paid_at: Mapped[datetime] = mapped_column(Timestamp, server_default=sa.func.now())


class Stock(Base):
    __tablename__ = "stock"

    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"), primary_key=True)
    quantity: Mapped[int] = mapped_column(sa.Integer, server_default="0")
    updated_at: Mapped[datetime] = mapped_column(Timestamp, server_default=sa.func.now())


class Review(Base):
    __tablename__ = "reviews"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"), index=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers.id"))
    stars: Mapped[int] = mapped_column(sa.SmallInteger)
    words: Mapped[Optional[str]] = mapped_column(sa.Text)


class LoyaltyAccount(Base):
    __tablename__ = "loyalty_accounts"

    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers.id"), primary_key=True)
    points: Mapped[int] = mapped_column(sa.Integer, server_default="0")
    opened_at: Mapped[datetime] = mapped_column(Timestamp, server_default=sa.func.now())
