"""The studio: a local web page and a server on which the verbs can be called."""
