"""The procedure set: data under templates/procedure, read and checked."""
