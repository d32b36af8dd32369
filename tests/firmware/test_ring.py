import struct
import unittest
from ring import Ring


def drain(ring, now):
    out = []
    while ring.length:
        out.append(ring.peek(now))
        ring.pop()
    return out


class TestRing(unittest.TestCase):
    def test_samples_come_out_as_they_went_in(self):
        ring = Ring(4)
        ring.push("a", 1, 1.5)
        ring.push("b", 2, -2.25, 999)
        self.assertEqual(drain(ring, 2), [("a", 1, 1.5, 0), ("b", 2, -2.25, 999)])

    def test_16_names_and_no_more(self):
        ring = Ring()
        for i in range(32):
            ring.push("n%d" % (i % 16), i, i)
        with self.assertRaises(ValueError):
            ring.push("one more", 0, 0)
        self.assertEqual(drain(ring, 32)[31], ("n15", 31, 31, 0))

    def test_the_oldest_is_dropped_and_counted(self):
        ring = Ring(4)
        for i in range(10):
            ring.push("a", i, i)
        self.assertEqual(ring.dropped, 6)
        self.assertEqual(ring.taken, 10)
        self.assertEqual([v for _, _, v, _ in drain(ring, 10)], [6, 7, 8, 9])

    def test_256_samples_take_2560_bytes(self):
        self.assertEqual(len(Ring().data), 2560)

    def test_times_beyond_28_bits(self):
        for now in (0xFFFFFFF, 0x10000005, 0x40000005, 1800000000, 4000000000):
            ring = Ring(2)
            ring.push("b", now - 100, 1)
            ring.push("a", now + 3, 2)  # the clock was set back a little
            self.assertEqual(drain(ring, now), [("b", now - 100, 1, 0), ("a", now + 3, 2, 0)])

    def test_floats_keep_24_bits(self):
        ring = Ring(1)
        ring.push("a", 0, 284.1312)
        self.assertEqual("%.7g" % ring.peek(0)[2], "284.1312")
        self.assertEqual(struct.calcsize("<IfH"), 10)
