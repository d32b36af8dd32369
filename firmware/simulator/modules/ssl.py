# ssl, as on the ESP32 and the Pico W: TLS by mbedtls, over a socket that does not block.
import _board
import time
from binascii import hexlify

PROTOCOL_TLS_CLIENT = 0
CERT_NONE = 0
CERT_OPTIONAL = 1
CERT_REQUIRED = 2

_FAILED = 20000  # and more: the handshake failed
_WHY = (
    "The certificate is not correctly signed by the trusted CA\n",
    "The certificate Common Name (CN) does not match with the expected CN\n",
    "The certificate validity has expired\n",
    "The certificate validity starts in the future\n",
)


class SSLContext:
    def __init__(self, protocol):
        self.verify_mode = CERT_NONE
        self._ca = b""

    def load_verify_locations(self, cafile=None, cadata=None):
        if cafile:
            with open(cafile, "rb") as f:
                cadata = f.read()
        if cadata[:1] != b"\x30":  # a SEQUENCE, as DER is
            raise ValueError("invalid cert")
        self._ca = cadata

    def wrap_socket(self, sock, *, server_side=False, do_handshake_on_connect=True, server_hostname=None):
        now = time.time() + 946684800
        _board.secure(sock._id, server_hostname, hexlify(self._ca).decode(), self.verify_mode == CERT_REQUIRED, now)
        return SSLSocket(sock)


class SSLSocket:
    def __init__(self, sock):
        self._sock = sock

    def _do(self, function, *args):
        try:
            return function(*args)
        except OSError as e:
            why = e.errno - _FAILED
            if why > 0:
                raise ValueError(_WHY[why - 1])
            if why == 0:
                raise OSError(-30592, "MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE")
            raise

    def read(self, length=-1):
        return self._do(self._sock.read, length)

    def readinto(self, buf):
        return self._do(self._sock.readinto, buf)

    def write(self, data):
        return self._do(self._sock.write, data)

    def close(self):
        self._sock.close()
