"""What every room talks about: frozen values that know no driver."""
