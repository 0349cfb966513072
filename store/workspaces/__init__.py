"""What is kept of whole workspaces and tenants: which rows are theirs, and which of them are there."""
