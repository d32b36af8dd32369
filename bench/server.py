"""What the tutorial's server.py does, on paho-mqtt itself: JSON, the host's
time, a row of CSV. It prints no events.

    python3 bench/server.py PORT MESSAGES FILE
"""
import csv
import datetime
import json
import sys
import time

import paho.mqtt.subscribe as subscribe

port, left, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


def on_message(client, _userdata, message):
    global left
    sensor_id, _, val = json.loads(message.payload.decode("utf-8"))
    ts = time.time()
    rows.writerow([ts, datetime.datetime.fromtimestamp(ts), sensor_id, val])
    left -= 1
    if left == 0:
        client.disconnect()


with open(path, "w", newline="") as file:
    rows = csv.writer(file)
    rows.writerow(["timestamp", "datetime", "sensor_id", "value"])
    subscribe.callback(on_message, "sensor-data", hostname="127.0.0.1", port=port)
