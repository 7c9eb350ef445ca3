"""The monthly report 月报: made with one press, checked by another person, frozen as reported, and
corrected aloud."""
