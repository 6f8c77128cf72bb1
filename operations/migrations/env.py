"""Alembic's entry: runs the migrations on the connection that operations.migrate hands over."""

from alembic import context

from operations.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
    user_module_prefix="",
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
