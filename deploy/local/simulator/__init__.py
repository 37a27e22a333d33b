"""The simulator: sensors that publish over MQTT as real ones do, from recordings and from models."""
