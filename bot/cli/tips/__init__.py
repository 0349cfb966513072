"""The commands about weekly tips."""
