"""Run migrations on the connection that store/database/migrate.py hands over; alembic loads this file itself."""  # noqa: INP001 # a folder of scripts, not a package

from alembic import context

from store import installation_tables, learning_tables, tables  # noqa: F401 # metadata lists what they hold
from store.columns import metadata

# Constraints are altered by copying the table, since SQLite can't change them in place.
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
