"""The bridge: bytes are received over MQTT or from files, and read into observations or rejections."""
