import machine
import mqtt_client
import unittest
from mqtt_client import MQTTClient, packet, text
from mqtt_connect import connect_packet


class Socket:
    # Takes `window` bytes at a time, and gives what a test put into `incoming`.
    def __init__(self):
        self.sent = b""
        self.window = 1000
        self.incoming = b""

    def write(self, data):
        data = bytes(data[: self.window])
        self.sent += data
        return len(data) or None

    def readinto(self, buf):
        if not self.incoming:
            return None
        data = self.incoming[: len(buf)]
        self.incoming = self.incoming[len(data):]
        buf[: len(data)] = data
        return len(data)


def connected():
    client = MQTTClient("h", 1, 30, (b"", b""))
    client._sock = Socket()
    client.out = b""
    client.head = client.unacked = 0
    client._marked = None
    client.confirmed = False
    client._go(mqtt_client.CONNECT)
    client._sock.incoming = b"\x20\x02\x00\x00"
    client.step()
    return client, client._sock


class TestMQTTClient(unittest.TestCase):
    def test_remaining_length(self):
        # MQTT 3.1.1, table 2.4
        for size, head in ((0, b"\x00"), (127, b"\x7f"), (128, b"\x80\x01"), (16383, b"\xff\x7f")):
            self.assertEqual(packet(0x30, bytes(size))[:-size or None], b"\x30" + head)

    def test_text_is_utf8_with_its_length_in_bytes(self):
        self.assertEqual(text("\xfc"), b"\x00\x02\xc3\xbc")

    def test_connect(self):
        got = connect_packet("lux-1", 30, "user", "pw")
        chip = "".join("%02x" % b for b in machine.unique_id())
        want = text("MQTT") + b"\x04\xe6\x00\x1e" + text("lux-1-" + chip)
        want += text("weir/lux-1/status") + text('{"state": "offline"}') + text("user") + text("pw")
        self.assertEqual(got, packet(0x10, want))

    def test_a_client_id_has_23_characters_at_most(self):
        got = connect_packet("a-very-long-name-for-a-sensor", 30, None, None)
        self.assertEqual(got[13], 23)

    def test_what_the_socket_does_not_take_at_once_is_sent_later(self):
        client, sock = connected()
        sock.window = 3
        client.publish(text("t"), "payload", 0, 0)
        self.assertTrue(bool(client.out))
        for _ in range(10):
            client.step()
        self.assertEqual(sock.sent, b"\x30\x0a\x00\x01tpayload")
        self.assertFalse(bool(client.out))

    def test_packets_of_other_kinds_are_passed_over_in_any_pieces(self):
        client, sock = connected()
        client.publish(text("t"), "x", 1, 0)
        stream = packet(0x30, text("a") + bytes(300)) + b"\xd0\x00" + packet(0x90, b"\x00\x01\x00") + b"\x40\x02\x00\x01"
        for i in range(0, len(stream), 7):
            self.assertEqual(client.unacked, 1)
            sock.incoming = stream[i: i + 7]
            client.step()
        self.assertEqual(client.unacked, 0)

    def test_another_puback_is_not_ours(self):
        client, sock = connected()
        client.publish(text("t"), "x", 1, 0)
        sock.incoming = b"\x40\x02\x00\x02"
        client.step()
        self.assertEqual(client.unacked, 1)

    def test_packet_ids_go_round_without_zero(self):
        client, sock = connected()
        client._id = 65535
        client.publish(text("t"), "x", 1, 0)
        self.assertEqual(client.unacked, 1)

    def test_what_went_before_a_ping_that_was_answered_has_arrived(self):
        client, sock = connected()
        client.publish(text("t"), "1", 0, 0)
        client._since -= 15000
        client.step()
        self.assertEqual(sock.sent[-2:], b"\xc0\x00")
        client.publish(text("t"), "2", 0, 0)
        sock.incoming = b"\xd0\x00"
        client.step()
        sock.close = lambda: None
        client.close()
        self.assertEqual(client.lost, 1)

    def test_a_stalled_socket_is_noticed_though_no_ping_gets_out(self):
        client, sock = connected()
        sock.window = 0
        client.publish(text("t"), "1", 0, 0)
        client._since -= 15000 + 10001
        with self.assertRaises(OSError):
            client.step()
