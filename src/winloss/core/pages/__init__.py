"""A quarter's figures, and the page that shows them."""
