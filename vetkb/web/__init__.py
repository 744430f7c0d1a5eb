"""HTTP: parse what was asked, call one function of the base, present what comes back.

`vetkb.web.server.serve` runs a server, `vetkb.web.app.create_app` makes the application for one that runs already; nothing is
loaded here, since the one starts its processes before it loads the other. The only door to FastAPI, uvicorn, httptools, Jinja
and the client of Prometheus.
"""
