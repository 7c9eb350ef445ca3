"""Who may act for a company: claims and their proofs, owners and agents, invitations, merged entries."""
