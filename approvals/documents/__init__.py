"""Official papers of an application: issued with the verb that owes them, made into a PDF once, kept by hash.

`papers_of` (called at the end of a verb) issues what the verb owes the applicant; `pdf_of` gives the file;
`licences` grants what may be verified by everyone."""
