# The board's settings. What is commented out has the value that is shown.
SENSOR_ID = 'lux-1'
WIFI_ESSID = 'my_wifi_sid'
WIFI_PASSWORD = 'my_wifi_password'
MQTT_HOST = '192.168.1.10'  # an address, or a name that the network's name server knows
MQTT_TOPIC = 'sensor-data'
SLEEP_TIME = 5.0  # seconds from sample to sample

# SENSOR = 'tsl2591.Tsl2591'  # module and class of the driver; the potentiometer: 'adc_esp8266.ADCSensor'
# SENSORS = [('attic', 'bme280.BME280', {'scl': 5, 'sda': 4})]  # in its place: several, each with its id, driver and pins
# MQTT_PORT = 1883
# MQTT_TLS = False  # True, on an ESP32 or a Pico W: the port is then 8883, and MQTT_CA and NTP_HOST are needed
# MQTT_CA = None  # the file with the certificate that the broker's is signed with, such as 'ca.der'
# MQTT_USER = None
# MQTT_PASSWORD = None
# MQTT_QOS = 0  # 1: each sample is kept until the broker has acknowledged it
# KEEPALIVE = 30  # seconds; a dead connection is noticed after half of it and 10 s
# NTP_HOST = None  # with it, ts is Unix time; without, seconds of the board's own clock
# NTP_PORT = 123
# MAX_FAILURES = 30  # connections in a row that failed, before the board restarts
