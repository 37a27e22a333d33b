"""What `doorfiets` can do, one module per group of commands.

Each module has an `app`, a `typer.Typer`: one with a name becomes a group (`doorfiets registry check`), one without
adds its commands as they are (`doorfiets up`). Modules import what they need inside the commands, so that help is fast.
"""
