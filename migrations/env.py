"""Runs the migrations on the connection that `forum migrate` hands over."""

from alembic import context
from alembic.operations import MigrateOperation, Operations
from sqlalchemy import Connection
from sqlalchemy.util import await_only


@Operations.register_operation("script")
class Script(MigrateOperation):
    """`op.script(sql)`: any number of plain SQL statements, as the server reads them.

    `op.execute` prepares what it is given, and PostgreSQL prepares one statement at a time.
    """

    def __init__(self, sql: str) -> None:
        self.sql = sql

    @classmethod
    def script(cls, operations: Operations, sql: str) -> None:
        operations.invoke(cls(sql))


@Operations.implementation_for(Script)
def run_script(operations: Operations, script: Script) -> None:
    driver = operations.get_bind().connection.driver_connection
    await_only(driver.execute(script.sql))


connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection)
with context.begin_transaction():
    context.run_migrations()
