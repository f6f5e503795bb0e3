"""A rehearsal or a validation as a page, as JSON or as lines of text: no decisions, only words and shapes."""
