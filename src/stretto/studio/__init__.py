"""The studio: a local web page and a server on which the verbs can be called.

From the outside in, each knowing only what comes after it: `door`, through which one comes; `page` and `programs`, what
can be asked; `workers`, who do it; `judging`, what is said of a piece; `pieces`; `limits`. The page, as it is built,
lies in `static`.
"""
