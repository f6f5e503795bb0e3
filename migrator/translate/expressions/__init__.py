"""T-SQL scalar expressions and conditions in MySQL's words: same value for every row, or a reason why not."""
