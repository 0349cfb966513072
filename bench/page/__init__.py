"""How fast the playground's page is, measured in a browser."""
