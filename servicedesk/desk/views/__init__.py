"""Pages: the portal's here, and what the admin needs besides its own."""
