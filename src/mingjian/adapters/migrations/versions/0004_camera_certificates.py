"""The certificate that a camera's record trusts; and no camera of TLS sends its video beside the encryption."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cameras", sa.Column("tls_sha256", sa.String(length=64), nullable=False, server_default=""))
    # Such a record is refused from now on; a camera that has one must go on recording.
    op.execute(
        "UPDATE cameras SET transport = 'tcp' WHERE transport = 'udp' "
        "AND (lower(url) LIKE 'rtsps:%' OR lower(sub_url) LIKE 'rtsps:%')"
    )


def downgrade() -> None:
    op.drop_column("cameras", "tls_sha256")
