# Checks config.py at start. Not needed afterwards: station.py drops it from memory.
import config
import sys

REQUIRED = ("SENSOR_ID", "WIFI_ESSID", "WIFI_PASSWORD", "MQTT_HOST", "MQTT_TOPIC", "SLEEP_TIME")
DEFAULTS = {
    "SENSOR": "tsl2591.Tsl2591",
    "SENSORS": None,
    "MQTT_PORT": 1883,
    "MQTT_TLS": False,
    "MQTT_CA": None,
    "MQTT_USER": None,
    "MQTT_PASSWORD": None,
    "MQTT_QOS": 0,
    "KEEPALIVE": 30,
    "NTP_HOST": None,
    "NTP_PORT": 123,
    "MAX_FAILURES": 30,
}
LIMITS = {
    "SLEEP_TIME": (0.01, 86400),
    "MQTT_PORT": (1, 65535),
    "NTP_PORT": (1, 65535),
    "MQTT_QOS": (0, 1),
    "KEEPALIVE": (10, 3600),
    "MAX_FAILURES": (1, 10000),
}


def one(sensor):
    # A sensor of SENSORS as (id, driver, options).
    sensor_id, driver, *options = sensor
    options = options[0] if options else {}
    if problem("SENSOR_ID", sensor_id) or problem("SENSOR", driver) or not isinstance(options, dict):
        raise ValueError
    return sensor_id, driver, options


def problem(name, value):
    if name == "SENSORS":
        try:
            ids = [one(sensor)[0] for sensor in value or ()]
        except (TypeError, ValueError):
            return "must be a list of ('id', 'module.Class', {'option': value})"
        if len(ids) != len(set(ids)) or value is not None and not ids:
            return "must name at least one sensor, and none twice"
    elif name in LIMITS:
        low, high = LIMITS[name]
        kind = (int, float) if name == "SLEEP_TIME" else int
        if not isinstance(value, kind) or isinstance(value, bool) or not low <= value <= high:
            return "must be a number from %s to %s" % (low, high)
    elif name == "MQTT_TLS":
        if not isinstance(value, bool):
            return "must be True or False"
        if value and sys.platform == "esp8266":
            return "is not for an ESP8266: its TLS checks no certificate"
    elif value is None:
        return name in REQUIRED and "is missing"
    elif not isinstance(value, str):
        return "must be text in quotes"
    elif not value and name != "WIFI_PASSWORD":
        return "must not be empty"
    elif name == "WIFI_PASSWORD" and 0 < len(value) < 8:
        return "must have 8 characters or more (or none for an open network)"
    elif name in ("SENSOR_ID", "MQTT_TOPIC") and ("+" in value or "#" in value):
        return "must not contain + or #"
    elif name == "SENSOR_ID" and ("/" in value or value == "*" or len(value) > 64):
        return "must have 64 characters at most, and no /, and not be *"
    elif name == "MQTT_CA" and "/" in value:
        return "must be a file beside config.py"
    elif name == "SENSOR" and value.count(".") != 1:
        return "must be 'module.Class'"


def load():
    # The settings by name; prints each problem, and raises ValueError when there is one.
    settings = {}
    bad = 0
    for name in REQUIRED + tuple(DEFAULTS):
        settings[name] = value = getattr(config, name, DEFAULTS.get(name))
        what = problem(name, value)
        if what:
            bad += 1
            shown = "" if "PASSWORD" in name else " (is %r)" % (value,)
            print("E_CFG: %s %s%s" % (name, what, shown))
    if settings["MQTT_TLS"] is True:
        if not hasattr(config, "MQTT_PORT"):
            settings["MQTT_PORT"] = 8883
        for name in ("MQTT_CA", "NTP_HOST"):
            if settings[name] is None:
                bad += 1
                print("E_CFG: %s is missing, and MQTT_TLS needs it" % name)
    if bad:
        raise ValueError("E_CFG: config.py has %d problem%s" % (bad, "s" if bad > 1 else ""))
    sensors = settings["SENSORS"] or [(settings["SENSOR_ID"], settings["SENSOR"])]
    settings["SENSORS"] = [one(sensor) for sensor in sensors]
    return settings
