"""The desk: bytes are heard over MQTT or from files, and read into observations or rejections."""
