"""From text to a Document and back: front matter, Markdown bodies, escaping, templates."""
