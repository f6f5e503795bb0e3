"""What a rehearsal needs on one machine: a private MySQL and a demo database."""
