"""What Monday.com should hold, and the conversation that gets it there once."""
