# Starts the station: at the prompt with `import client`, at boot when this file is named main.py.
import station

station.start(__name__ == "__main__")
