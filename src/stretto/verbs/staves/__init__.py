"""The verbs for music on staves: keyboard, string quartet, and whatever a user has trained a network for."""
