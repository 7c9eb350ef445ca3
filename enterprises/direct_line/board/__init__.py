"""The dispatch board of the centre: what to dispatch and to whom, arguments about duty, urging, the shift."""
