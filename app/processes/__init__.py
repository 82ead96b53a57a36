"""Child processes: how one is started, limited, watched and ended; the same for every kind.

Engines (`app.engines.isolated`) and services that read what strangers made knock here. `process`
starts and ends a child, `settling` is what a child asks of its operating system, `asked` is a
child that answers questions. What is said over the pipe is the caller's to know.
"""
