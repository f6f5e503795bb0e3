"""Everything that talks to MySQL; the only room that knows pymysql."""
