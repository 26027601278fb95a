"""What readers who may not see the records get, and what must never reach them."""
