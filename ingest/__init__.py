"""The intake: bytes are received over MQTT or read from files, and decoded into observations or rejections."""
