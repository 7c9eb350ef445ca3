"""What the direct line knows besides its declaration: whose duty a matter is, how it is followed up."""
