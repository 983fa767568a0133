"""The verbs: plans, canvases and sampling."""
