"""Keys, spelling, chords, voice leading."""
