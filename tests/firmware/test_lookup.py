import unittest
from lookup import first_address, query

# An answer of two records: an alias (RFC 1035, 3.3.1), and its address.
HEAD = b"\x12\x34\x81\x80\0\1\0\2\0\0\0\0"
QUESTION = b"\3lab\4test\0\0\1\0\1"
ALIAS = b"\xc0\x0c\0\5\0\1\0\0\0\x3c\0\4\1b\xc0\x10"
ADDRESS = b"\1b\xc0\x10\0\1\0\1\0\0\0\x3c\0\4\xc0\xa8\4\2"


class TestLookup(unittest.TestCase):
    def test_a_query(self):
        self.assertEqual(query(0x1234, "lab.test"), b"\x12\x34\1\0\0\1\0\0\0\0\0\0" + QUESTION)

    def test_the_address_behind_an_alias(self):
        self.assertEqual(first_address(HEAD + QUESTION + ALIAS + ADDRESS), "192.168.4.2")

    def test_an_answer_without_an_address(self):
        self.assertEqual(first_address(HEAD[:7] + b"\1\0\0\0\0" + QUESTION + ALIAS), None)

    def test_an_answer_that_is_cut_short(self):
        with self.assertRaises(IndexError):
            first_address(HEAD + QUESTION + ALIAS[:9])
