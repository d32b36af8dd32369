# Starts the station: at the prompt with `import client`, at boot when this file is named main.py.
from loop import run
from start import start

step = start(__name__ == "__main__")
del start
run(step)
