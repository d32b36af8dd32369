# Starts the station: at the prompt with `import client`, at boot when this file is named main.py.
try:
    import weir_switch  # only there if the power went while a new set of files took its place: completes that
except ImportError:
    pass
from loop import run
from start import start

step, interrupted = start(__name__ == "__main__")
del start
run(step, interrupted)
