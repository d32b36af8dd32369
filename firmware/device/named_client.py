# An MQTTClient for a broker that config.py names: looks its address up first, and again only if that address fails.
from lookup import Lookup
from mqtt_client import MQTTClient, UP

NAME = -1  # a state before the others


class NamedClient(MQTTClient):
    def __init__(self, name, *args):
        super().__init__(None, *args)
        self._lookup = Lookup(name)

    def open(self):
        if self._host:
            super().open()
        else:
            self.state = NAME

    def step(self):
        if self.state != NAME:
            return super().step()
        self._host = self._lookup.step()
        if self._host:
            super().open()

    def close(self):
        if self.state != UP:
            self._host = None
            self._lookup.close()
        super().close()
