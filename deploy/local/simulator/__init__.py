"""The simulator: sensors that speak over MQTT as real ones do, from recordings and from models."""
