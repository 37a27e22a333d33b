"""What stands between the world and the site: who asks, how often they may, and which requests are none."""
