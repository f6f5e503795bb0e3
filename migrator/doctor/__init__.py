"""Is a migration going to work? Both ends are asked, and every answer is graded; nothing is changed."""
