"""Working-day notices that come in as files: `reading` makes rows of them, `announcing` a notice, `checking`
says what is wrong or odd about it, `entering` shows what it would move and enters it."""
